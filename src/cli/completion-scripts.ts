/**
 * Completion scripts. Each hands the words to `perpfleet __complete -- WORDS` and shows what comes back: one candidate a
 * line as `value TAB text`, and `:files` or `:folders` where the shell completes paths itself.
 */
export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

/** bash cuts words at `:`, `=` and `@`: they are put together again, and what it has cut off is cut from the answers. */
const bash = `# perpfleet completion for bash: source <(perpfleet completion bash)
_perpfleet() {
  local rest="\${COMP_LINE:0:COMP_POINT}" word left index
  local -a words=()
  for ((index = 0; index <= COMP_CWORD; index++)); do
    left="\${rest#"\${rest%%[![:space:]]*}"}"
    word="\${COMP_WORDS[index]}"
    if ((index == COMP_CWORD)); then word="$left"; fi
    if ((index > 0)) && [[ "$left" == "$rest" ]]; then
      words[\${#words[@]} - 1]+="$word"
    else
      words+=("$word")
    fi
    rest="\${left#"$word"}"
  done
  local current="\${words[\${#words[@]} - 1]}" head='' kind='' value mark cut
  for mark in : = @; do
    if [[ "$COMP_WORDBREAKS" == *"$mark"* && "$current" == *"$mark"* ]]; then
      cut="\${current%"$mark"*}$mark"
      if ((\${#cut} > \${#head})); then head="$cut"; fi
    fi
  done
  COMPREPLY=()
  while IFS=$'\\t' read -r value _; do
    case "$value" in
      '') ;;
      :files | :folders) kind="$value" ;;
      *) COMPREPLY+=("\${value#"$head"}") ;;
    esac
  done < <("\${COMP_WORDS[0]/#\\~/$HOME}" __complete -- "\${words[@]:1}" 2>/dev/null)
  if [[ -n "$kind" ]]; then
    compopt -o filenames 2>/dev/null
    local flag=-f
    if [[ "$kind" == :folders ]]; then flag=-d; fi
    while IFS= read -r value; do
      COMPREPLY+=("$value")
    done < <(compgen "$flag" -- "\${current#"$head"}")
  fi
}
complete -F _perpfleet perpfleet
`

const zsh = `#compdef perpfleet
# perpfleet completion for zsh: source <(perpfleet completion zsh), or as _perpfleet in a folder of $fpath
_perpfleet() {
  local line kind=''
  local -a values
  for line in "\${(@f)$("\${words[1]/#\\~/$HOME}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case "$line" in
      '') ;;
      :files|:folders) kind="$line" ;;
      *) values+=("\${\${line%%$'\\t'*}//:/\\\\:}\${\${line#*$'\\t'}:+:\${line#*$'\\t'}}") ;;
    esac
  done
  (( \${#values} )) && _describe -t values 'perpfleet' values
  [[ "$kind" == ':files' ]] && _files
  [[ "$kind" == ':folders' ]] && _files -/
  return 0
}
if [[ "\${funcstack[1]}" == _perpfleet ]]; then
  _perpfleet "$@"
else
  compdef _perpfleet perpfleet
fi
`

const fish = `# perpfleet completion for fish: perpfleet completion fish > ~/.config/fish/completions/perpfleet.fish
function __perpfleet_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -q current[1]; or set current ''
    set -l program $words[1]
    set -e words[1]
    for line in (command $program __complete -- $words $current 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path $current
            case ':folders'
                __fish_complete_directories $current
            case '*'
                echo $line
        end
    end
end
complete -c perpfleet -f -a '(__perpfleet_complete)'
`

export const completionScripts: Readonly<Record<Shell, string>> = { bash, zsh, fish }
