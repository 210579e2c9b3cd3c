# Completion of dibs for bash: source <(dibs completion bash)
_dibs() {
  local word="${COMP_WORDS[COMP_CWORD]}" candidates
  candidates="$("${COMP_WORDS[0]}" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" || return
  mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "$word")
}
complete -o default -F _dibs dibs ./dibs
