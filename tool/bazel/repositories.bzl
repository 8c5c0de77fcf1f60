"""Where nostall comes from.

    load("@rules_nostall//:repositories.bzl", "nostall_local")

    nostall_local()                                   # the one in PATH
    nostall_local(path = "/opt/nostall/bin/nostall")  # or another

makes the repository @nostall with the command in it. Its bytes are an input of
every action, so that another nostall reads everything anew. On a cluster, the
machines need what the command itself needs: the libraries of LLVM 22, and
Clang's own headers.
"""

def _nostall_local_impl(ctx):
    path = ctx.attr.path or ctx.which("nostall")
    if not path:
        fail("there is no nostall in PATH; install it, or say nostall_local(path = ...)")
    ctx.symlink(path, "nostall")
    ctx.file("BUILD", 'exports_files(["nostall"], visibility = ["//visibility:public"])\n')

_nostall_local = repository_rule(
    implementation = _nostall_local_impl,
    attrs = {"path": attr.string()},
    environ = ["PATH"],
    local = True,
)

def nostall_local(path = ""):
    _nostall_local(name = "nostall", path = path)
