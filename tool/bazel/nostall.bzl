"""nostall on C and C++ targets: a source is read once, the program is linked once.

    load("@rules_nostall//:nostall.bzl", "nostall_report", "nostall_test")

    nostall_test(
        name = "stalls",
        deps = ["//server"],  # with all that they depend on
    )

An aspect runs `nostall map` on every source of the targets and of what they
depend on, with the flags that they are compiled with: one action a source,
cached like a compilation and done on whatever machine Bazel chooses. One action
runs `nostall link` on the results. So after a change of one source, that source
is read and the program is linked, and nothing else is done.

nostall_test fails if there are findings, or if a source cannot be parsed;
nostall_report only writes them down.
"""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "CPP_COMPILE_ACTION_NAME", "C_COMPILE_ACTION_NAME")
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

NostallInfo = provider(
    doc = "What a link needs of a target and of what it depends on.",
    fields = {
        "maps": "depset of files: what nostall map has written, one a source",
        "texts": "depset of files: sources and headers, which reports quote",
    },
)

# Coroutines are in none of the C sources, and what they call may be.
_SOURCES = ["c", "cc", "cpp", "cxx", "c++", "C", "cppm"]

def _infos(rule_attr, names):
    found = []
    for name in names:
        value = getattr(rule_attr, name, None)
        for dep in (value if type(value) == "list" else []):
            found.append(dep)
    return found

def _contexts(target, deps):
    """The compilation context of the target: its own, or its dependencies'."""
    if CcInfo in target:
        return target[CcInfo].compilation_context
    return cc_common.merge_cc_infos(
        cc_infos = [dep[CcInfo] for dep in deps if CcInfo in dep],
    ).compilation_context

def _is_foreign(folder):
    return folder.startswith("external/") or "/external/" in folder or folder.startswith("/")

def _flags(ctx, toolchain, context, is_c):
    # What `includes` names comes as a system's headers, which nostall would not
    # look into. Those of the workspace are its own.
    system = context.system_includes.to_list()
    own_includes = [folder for folder in system if not _is_foreign(folder)]
    foreign_includes = [folder for folder in system if _is_foreign(folder)]
    features = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = toolchain,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features,
    )
    attr = ctx.rule.attr
    own = [
        ctx.expand_make_variables("copts", ctx.expand_location(option), {})
        for option in getattr(attr, "copts", [])
    ]
    defines = [
        ctx.expand_make_variables("defines", define, {})
        for define in getattr(attr, "local_defines", [])
    ]
    variables = cc_common.create_compile_variables(
        feature_configuration = features,
        cc_toolchain = toolchain,
        user_compile_flags = ctx.fragments.cpp.copts +
                             (ctx.fragments.cpp.conlyopts if is_c else ctx.fragments.cpp.cxxopts) + own,
        include_directories = depset(own_includes, transitive = [context.includes]),
        quote_include_directories = context.quote_includes,
        system_include_directories = depset(foreign_includes),
        framework_include_directories = context.framework_includes,
        preprocessor_defines = depset(defines, transitive = [context.defines]),
    )
    return cc_common.get_memory_inefficient_command_line(
        feature_configuration = features,
        action_name = C_COMPILE_ACTION_NAME if is_c else CPP_COMPILE_ACTION_NAME,
        variables = variables,
    )

def _map(ctx, toolchain, context, source, headers):
    result = ctx.actions.declare_file(
        "_nostall/{}/{}.map".format(ctx.label.name, source.short_path.replace("../", "external/")),
    )
    arguments = ctx.actions.args()
    arguments.add_all(["map", "-o", result, "--root=.", source, "--"])
    arguments.add_all(_flags(ctx, toolchain, context, source.extension == "c"))
    ctx.actions.run(
        mnemonic = "NostallMap",
        progress_message = "Reading %s with nostall" % source.short_path,
        executable = ctx.executable._nostall,
        arguments = [arguments],
        inputs = depset(
            [source] + headers + ctx.files._config,
            transitive = [context.headers, toolchain.all_files],
        ),
        outputs = [result],
    )
    return result

def _nostall_aspect_impl(target, ctx):
    deps = _infos(ctx.rule.attr, ["deps", "implementation_deps"])
    maps = []
    texts = []
    if ctx.rule.kind in ["cc_library", "cc_binary", "cc_test"]:
        toolchain = find_cpp_toolchain(ctx)
        context = _contexts(target, deps)
        files = ctx.rule.files
        sources = [f for f in files.srcs if f.extension in _SOURCES]
        headers = [f for f in files.srcs if f not in sources] + getattr(files, "hdrs", [])
        maps = [_map(ctx, toolchain, context, source, headers) for source in sources]
        texts = sources + headers
    below = [dep[NostallInfo] for dep in deps if NostallInfo in dep]
    return [NostallInfo(
        maps = depset(maps, transitive = [info.maps for info in below], order = "postorder"),
        texts = depset(texts, transitive = [info.texts for info in below]),
    )]

nostall_aspect = aspect(
    implementation = _nostall_aspect_impl,
    doc = "Reads every C and C++ source of a target and of what it depends on.",
    attr_aspects = ["deps", "implementation_deps"],
    attrs = {
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
        "_config": attr.label(default = "@rules_nostall//:config"),
        "_nostall": attr.label(
            default = "@nostall//:nostall",
            allow_single_file = True,
            executable = True,
            cfg = "host",
        ),
    },
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)

def _link(ctx):
    """The reports, and a file with the exit code of the link."""
    text = ctx.actions.declare_file(ctx.label.name + ".txt")
    status = ctx.actions.declare_file(ctx.label.name + ".status")
    others = [ctx.actions.declare_file(ctx.label.name + "." + name) for name in ctx.attr.formats]
    maps = depset(transitive = [dep[NostallInfo].maps for dep in ctx.attr.deps], order = "postorder")
    arguments = ctx.actions.args()
    arguments.add_all(["link", "--root=.", "--portable", "--quiet"])
    arguments.add(text, format = "--output=%s")
    for name, file in zip(ctx.attr.formats, others):
        arguments.add(file, format = "--report=" + name + ":%s")
    if ctx.file.baseline:
        arguments.add(ctx.file.baseline, format = "--baseline=%s")
    arguments.add_all(ctx.attr.options)
    names = ctx.actions.args()
    names.use_param_file("@%s", use_always = True)
    names.set_param_file_format("shell")
    names.add_all(maps)
    ctx.actions.run_shell(
        mnemonic = "NostallLink",
        progress_message = "Linking %s with nostall" % ctx.label,
        tools = [ctx.executable._nostall],
        # Findings are the test's to judge. Without a report there is nothing to.
        command = 'nostall=$1 status=$2; shift 2; "$nostall" "$@"; code=$?; echo $code >"$status"; ' +
                  '[ -f %s ] || exit $code' % text.path,
        arguments = [ctx.executable._nostall.path, status.path, arguments, names],
        inputs = depset(
            [ctx.file.baseline] if ctx.file.baseline else [],
            transitive = [maps] + [dep[NostallInfo].texts for dep in ctx.attr.deps],
        ),
        outputs = [text, status] + others,
    )
    return text, status, others

def _nostall_report_impl(ctx):
    text, _, others = _link(ctx)
    return [DefaultInfo(files = depset([text] + others))]

def _nostall_test_impl(ctx):
    text, status, others = _link(ctx)
    script = ctx.actions.declare_file(ctx.label.name + ".sh")
    ctx.actions.write(
        script,
        '#!/bin/sh\ncat "%s"\nexit "$(cat "%s")"\n' % (text.short_path, status.short_path),
        is_executable = True,
    )
    return [DefaultInfo(
        executable = script,
        files = depset([text] + others),
        runfiles = ctx.runfiles([text, status]),
    )]

_ATTRS = {
    "baseline": attr.label(allow_single_file = True, doc = "Findings that are known (--write-baseline)."),
    "deps": attr.label_list(aspects = [nostall_aspect], doc = "Targets, with all that they depend on."),
    "formats": attr.string_list(doc = "Reports besides the text: sarif, jsonl, html, ..."),
    "options": attr.string_list(doc = "Options of nostall link."),
    "_nostall": attr.label(
        default = "@nostall//:nostall",
        allow_single_file = True,
        executable = True,
        cfg = "host",
    ),
}

nostall_report = rule(
    implementation = _nostall_report_impl,
    doc = "Writes down what nostall finds.",
    attrs = _ATTRS,
)

nostall_test = rule(
    implementation = _nostall_test_impl,
    doc = "Passes where nostall finds nothing.",
    attrs = _ATTRS,
    test = True,
)
