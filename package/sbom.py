"""What is in the programs, as an SPDX document: nostall, and what is linked into it,
with the versions of the packages that the machine has which built it.
"""

import hashlib
import json
import subprocess
import time

# Debian's package, the name that people know it by, its licence.
LINKED = [
    ("libclang-22-dev", "clang", "Apache-2.0 WITH LLVM-exception"),
    ("llvm-22-dev", "llvm", "Apache-2.0 WITH LLVM-exception"),
    ("libsqlite3-dev", "sqlite", "blessing"),
    ("zlib1g-dev", "zlib", "Zlib"),
    ("libzstd-dev", "zstd", "BSD-3-Clause"),
    ("libstdc++-12-dev", "libstdc++", "GPL-3.0-or-later WITH GCC-exception-3.1"),
]


def version_of(package):
    asked = subprocess.run(["dpkg-query", "-W", "-f=${Version}", package], text=True, capture_output=True)
    return asked.stdout or "NOASSERTION"


def document(version, epoch, home, licence, packed):
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(epoch))
    name = f"nostall-{version}"
    contents = hashlib.sha256("".join(digest for _, digest in packed).encode()).hexdigest()
    packages = [{"SPDXID": "SPDXRef-nostall", "name": "nostall", "versionInfo": version, "licenseConcluded": licence,
                 "licenseDeclared": licence, "downloadLocation": home, "copyrightText": "NOASSERTION",
                 "filesAnalyzed": False}]
    relations = [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-nostall"}]
    for package, linked, of in LINKED:
        found = version_of(package)
        identifier = f"SPDXRef-{linked.replace('+', 'x')}"
        packages.append({
            "SPDXID": identifier, "name": linked, "versionInfo": found, "licenseConcluded": of, "licenseDeclared": of,
            "downloadLocation": "NOASSERTION", "copyrightText": "NOASSERTION", "filesAnalyzed": False,
            "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                              "referenceLocator": f"pkg:deb/debian/{package}@{found}?arch=amd64"}]})
        relations.append({"spdxElementId": "SPDXRef-nostall", "relationshipType": "STATIC_LINK", "relatedSpdxElement": identifier})
    files = []
    for number, (path, digest) in enumerate(packed):
        files.append({"SPDXID": f"SPDXRef-file-{number}", "fileName": f"./{path.name}", "licenseConcluded": licence,
                      "copyrightText": "NOASSERTION",
                      "checksums": [{"algorithm": "SHA256", "checksumValue": digest},
                                    {"algorithm": "SHA1", "checksumValue": hashlib.sha1(path.read_bytes()).hexdigest()}]})
        relations.append({"spdxElementId": "SPDXRef-nostall", "relationshipType": "CONTAINS",
                          "relatedSpdxElement": f"SPDXRef-file-{number}"})
    return json.dumps({
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": name,
        "documentNamespace": f"{home}/sbom/{name}-{contents[:16]}",
        "creationInfo": {"created": created, "creators": ["Tool: nostall's package/make.py"]},
        "packages": packages, "files": files, "relationships": relations}, indent=1) + "\n"
