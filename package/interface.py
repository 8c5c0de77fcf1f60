"""The man page and the completions for shells, out of what `nostall --help` says:
so they name the options that the program has.
"""

import re
import subprocess


class Interface:
    def __init__(self, nostall):
        self.overview, top = parse(help_of(nostall))
        self.commands = [Command("", "", top)]
        for name, text in re.findall(r"^  ([a-z-]+) +- (.*)$", section(help_of(nostall), "SUBCOMMANDS:"), re.M):
            self.commands.append(Command(name, text, parse(help_of(nostall, name))[1]))
        listed = subprocess.run([nostall, "list-checks", "--checks=nostall-*"], text=True, capture_output=True, check=True)
        self.checks = re.findall(r"nostall-[a-z-]+", listed.stdout)


class Command:
    def __init__(self, name, text, options):
        self.name, self.text, self.options = name, text, options


class Option:
    def __init__(self, flag, value, text):
        self.flag, self.value, self.text = flag, value, text

    def joined(self):
        """As one writes it: `--checks=`, `-p`, `--fix`."""
        return self.flag + ("=" if self.value and self.flag.startswith("--") else "")

    def takes(self):
        """What a shell can complete: file, dir, or nothing that it knows."""
        return {"file": "file", "dir": "dir", "dir|none": "dir", "format:file": "file"}.get(self.value, "")


def help_of(nostall, *command):
    return subprocess.run([nostall, *command, "--help"], text=True, capture_output=True, check=True).stdout


def section(text, title):
    found = re.search(rf"^{re.escape(title)}\n(.*?)(?=^[A-Z]+:$|^\S.*:$|\Z)", text, re.S | re.M)
    return found[1] if found else ""


def parse(text):
    overview = text.partition("OVERVIEW: ")[2].partition("\nUSAGE:")[0]
    options = []
    for block in ("Generic Options:", "nostall's options:"):
        for line in section(text, block).splitlines():
            if found := re.match(r"  (--?[\w-]+)(?:[= ]<([^>]+)>)? +- (.*)", line):
                if not found[1].startswith("--help-"):
                    options.append(Option(*found.groups()))
    return overview, options


def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in text.splitlines())


def man_page(interface, version, date):
    out = [f'.TH NOSTALL 1 "{date}" "nostall {version}" "User Commands"', ".SH NAME",
           "nostall \\- find what stalls a C++20 coroutine program", ".SH SYNOPSIS"]
    for usage in ("[lint] FILE|DIR|GLOB... [options] [-- compiler flags]", "COMMAND [options] ..."):
        out += [".B nostall", roff(usage), ".br"]
    out += [".SH DESCRIPTION"]
    for paragraph in interface.overview.strip().split("\n\n"):
        if paragraph.startswith("Usage:"):
            continue
        lines = paragraph.splitlines()
        out += [".PP", *([".nf"] if lines[1:2] and lines[1].startswith("  ") else []), roff(paragraph)]
        out += [".fi"] if ".nf" in out[-2:] else []
    out += [".SH COMMANDS"]
    for command in interface.commands[1:]:
        out += [".TP", f".B {roff(command.name)}", roff(command.text) + "."]
    for command in interface.commands:
        out += [".SH OPTIONS" if not command.name else f".SH OPTIONS OF {roff(command.name.upper())}"]
        for option in command.options:
            value = f"\\fI{roff(option.value)}\\fR" if option.value else ""
            gap = " " if option.value and not option.flag.startswith("--") else ""
            out += [".TP", f"\\fB{roff(option.joined())}\\fR{gap}{value}", roff(option.text) + "."]
    out += [".SH FILES", ".TP", ".I .clang\\-tidy", "which checks are on, and their options, as for clang\\-tidy.",
            ".TP", ".I .nostall.yaml", "what you know of functions that nostall does not.",
            ".TP", ".I .nostall/", "beside compile_commands.json: what was found; it may be deleted at any time.",
            ".SH SEE ALSO", ".BR clang\\-tidy (1), \\ clangd (1)"]
    return "\n".join(out) + "\n"


def bash(interface):
    cases = "\n".join(
        f"    {command.name or '*'}) options='{' '.join(o.joined() for o in command.options)}' ;;"
        for command in [*interface.commands[1:], interface.commands[0]]
    )
    names = " ".join(command.name for command in interface.commands[1:])
    return f"""# bash completion for nostall
_nostall() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} options
  COMPREPLY=()
  # A shell that breaks words at '=' has the option in the word before.
  if [[ $word == = ]]; then word=; elif [[ $before == = ]]; then before==; fi
  if [[ $before == explain ]]; then
    COMPREPLY=($(compgen -W '{' '.join(interface.checks)}' -- "$word"))
    return
  fi
  case ${{COMP_WORDS[1]}} in
{cases}
  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$word"))
    [[ ${{COMPREPLY[0]}} == *= ]] && compopt -o nospace
  else
    ((COMP_CWORD == 1)) && COMPREPLY=($(compgen -W '{names}' -- "$word"))
    compopt -o filenames
    COMPREPLY+=($(compgen -f -- "$word"))
  fi
}}
complete -F _nostall nostall
"""


def zsh(interface):
    def quoted(text):
        return text.replace("'", "'\\''").replace("[", "\\[").replace("]", "\\]").replace(":", "\\:")

    def spec(option):
        action = {"file": ":file:_files", "dir": ":folder:_files -/"}.get(option.takes(), ":value:" if option.value else "")
        return f"    '*{option.joined()}[{quoted(option.text)}]{action}'"

    cases = ""
    for command in [*interface.commands[1:], interface.commands[0]]:
        specs = " \\\n".join(spec(option) for option in command.options)
        rest = f"'*:check:({' '.join(interface.checks)})'" if command.name == "explain" else "'*:file:_files'"
        cases += f"  {command.name or '*'})\n    _arguments \\\n{specs} \\\n    {rest} ;;\n"
    names = "\n".join(f"    '{c.name}:{quoted(c.text)}'" for c in interface.commands[1:])
    return f"""#compdef nostall
_nostall() {{
  local -a commands
  commands=(
{names}
  )
  if ((CURRENT == 2)) && [[ $words[2] != -* ]]; then
    _describe command commands
    _files
    return
  fi
  case $words[2] in
{cases}  esac
}}
_nostall "$@"
"""


def fish(interface):
    def quoted(text):
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    names = " ".join(command.name for command in interface.commands[1:])
    lines = ["# fish completion for nostall"]
    for command in interface.commands[1:]:
        lines.append(f"complete -c nostall -n __fish_use_subcommand -a {command.name} -d {quoted(command.text)}")
    lines.append(f"complete -c nostall -n '__fish_seen_subcommand_from explain' -f -a '{' '.join(interface.checks)}'")
    for command in interface.commands:
        seen = f"__fish_seen_subcommand_from {command.name}" if command.name else f"not __fish_seen_subcommand_from {names}"
        for option in command.options:
            kind, name = ("-l", option.flag[2:]) if option.flag.startswith("--") else ("-s", option.flag[1:])
            value = " -r" if option.value else ""
            lines.append(f"complete -c nostall -n '{seen}' {kind} {name}{value} -d {quoted(option.text)}")
    return "\n".join(lines) + "\n"
