# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of culvertctl for bash.

# Adds the words of $1, which is ours, that begin with $2.
_culvertctl_words ()
{
  mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$1" -- "$2")
}

# Adds the tunnels that begin with $1.  Their names come from files, so they are never given to compgen -W,
# which would run a command that stands in one.
_culvertctl_tunnels ()
{
  local name quoted
  while IFS= read -r name; do
    printf -v quoted %q "$name"
    [[ $quoted != "$1"* && $name != "$1"* ]] || COMPREPLY+=("$quoted")
  done < <("${COMP_WORDS[0]}" list --names 2>/dev/null)
}

# Adds the folders and the files that end in $1 and begin with $2.
_culvertctl_files ()
{
  compopt -o filenames 2>/dev/null
  mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -X "!*$1" -- "$2"; compgen -d -- "$2")
}

_culvertctl ()
{
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} i
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    _culvertctl_words 'run check list status watch log start stop toggle add import export remove help
      --version --help' "$current"
    return
  fi
  # Behind "--" stands a command line of ssh.
  for ((i = 2; i < COMP_CWORD; i++)); do
    if [[ ${COMP_WORDS[i]} == -- ]]; then
      ((i + 1 != COMP_CWORD)) || _culvertctl_words ssh "$current"
      return
    fi
  done
  local command=${COMP_WORDS[1]} options=''
  case $command in
    run) options='--once --for --json --traffic --any-user --allow-command --verbose --' ;;
    check) options='--json --allow-command --verbose --' ;;
    list) options='--json --aliases --names' ;;
    status | watch) options=--json ;;
    log) options='--json --verbose' ;;
    start | stop) options='--no-wait --group' ;;
    toggle) options=--no-wait ;;
    add) options='--name --any-user --' ;;
    import) options='--dry-run --replace --keep-both --all' ;;
    export) options='--as -o' ;;
  esac
  case $command:$previous in
    run:--for | add:--name | start:--group | stop:--group) return ;;
    export:--as) _culvertctl_words 'culvert ssh ssh-config systemd server-kit' "$current"; return ;;
    export:-o) _culvertctl_files '' "$current"; return ;;
  esac
  if [[ $current == -* ]]; then
    _culvertctl_words "$options --help" "$current"
    return
  fi
  case $command in
    run | check) _culvertctl_tunnels "$current"; _culvertctl_files .culvert "$current" ;;
    status | start | stop | toggle | export | remove) _culvertctl_tunnels "$current" ;;
    log) [[ $previous != log && $previous != -* ]] || _culvertctl_tunnels "$current" ;;
    import) _culvertctl_files '' "$current" ;;
    help)
      _culvertctl_words 'run check list status watch log start stop toggle add import export remove help' \
        "$current" ;;
  esac
}

complete -F _culvertctl culvertctl
