#compdef dibs
# Completion of dibs for zsh: source <(dibs completion zsh), or keep it as a file _dibs in a directory of fpath.
_dibs() {
  local line
  local -a typed candidates
  local -i program=$words[(i)--]
  # What follows -- is a program with words of its own.
  if (( program < CURRENT )); then
    shift $program words
    (( CURRENT -= program ))
    _normal
    return
  fi
  typed=("${(@)words[1,CURRENT-1]}")
  if [[ $PREFIX == --*=* ]]; then
    typed+=("${PREFIX%%=*}")
    compset -P '*='
  fi
  line="${(j: :)typed} $PREFIX"
  candidates=("${(@f)$("$words[1]" "[suggest:${#line}]" "$line" 2>/dev/null)}")
  compadd -- ${candidates:#} || _files
}
if [[ $funcstack[1] == _dibs ]]; then
  _dibs
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
  compdef _dibs dibs
fi
