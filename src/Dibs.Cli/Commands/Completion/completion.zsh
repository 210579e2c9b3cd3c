# Completion of dibs for zsh: source <(dibs completion zsh)
_dibs() {
  local -a candidates
  candidates=("${(@f)$("$words[1]" "[suggest:${#BUFFER}]" "$BUFFER" 2>/dev/null)}")
  if (( ${#candidates[@]} )) && [[ -n "$candidates[1]" ]]; then
    compadd -- "${candidates[@]}"
  else
    _files
  fi
}
compdef _dibs dibs
