# Completion of dibs for bash: source <(dibs completion bash)
_dibs() {
  local line="${COMP_LINE:0:COMP_POINT}" word="${COMP_WORDS[COMP_CWORD]}" candidates
  # What follows -- is a program, whose words are files more likely than options of dibs.
  [[ $line == *" -- "* ]] && return
  # Where bash breaks words at '=', the value in --state=run is a word of its own.
  if [[ $COMP_WORDBREAKS == *=* && $line =~ ^(.*[[:space:]]--[a-z-]+)=([^[:space:]]*)$ ]]; then
    word="${BASH_REMATCH[2]}"
    line="${BASH_REMATCH[1]} $word"
  fi
  candidates="$("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null)" || return
  mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "$word")
}
complete -o default -F _dibs dibs ./dibs
