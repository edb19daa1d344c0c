import { COMPLETE } from './complete.ts';

/** Each script asks the program itself, so it stays right when the program changes. */
const BASH = `# ra-preflight completion bash > ~/.local/share/bash-completion/completions/ra-preflight
_ra_preflight() {
  local kind line
  COMPREPLY=()
  {
    read -r kind
    while IFS= read -r line; do COMPREPLY+=("\${line%%$'\\t'*}"); done
  } < <(ra-preflight ${COMPLETE} "\${COMP_WORDS[@]:1:COMP_CWORD-1}" ".\${COMP_WORDS[COMP_CWORD]}" 2>/dev/null)
  case $kind in
    files) compopt -o default 2>/dev/null ;;
    folders) compopt -o dirnames 2>/dev/null ;;
  esac
}
complete -F _ra_preflight ra-preflight
`;

const ZSH = `#compdef ra-preflight
# ra-preflight completion zsh > "\${fpath[1]}/_ra-preflight"
_ra_preflight() {
  local -a lines offers
  lines=("\${(@f)$(ra-preflight ${COMPLETE} "\${(@)words[2,CURRENT-1]}" ".\${words[CURRENT]}" 2>/dev/null)}")
  case $lines[1] in
    files) _files ;;
    folders) _files -/ ;;
    *)
      offers=("\${(@)lines[2,-1]//:/\\\\:}")
      offers=("\${(@)offers/$'\\t'/:}")
      _describe -t offers ra-preflight offers
      ;;
  esac
}
if [ "$funcstack[1]" = _ra-preflight ]; then _ra_preflight "$@"; else compdef _ra_preflight ra-preflight; fi
`;

const FISH = `# ra-preflight completion fish > ~/.config/fish/completions/ra-preflight.fish
function __ra_preflight
    set -l typed (commandline -ct)
    set -l words (commandline -opc)
    set -l lines (ra-preflight ${COMPLETE} $words[2..-1] ".$typed" 2>/dev/null)
    switch "$lines[1]"
        case files
            __fish_complete_path "$typed"
        case folders
            __fish_complete_directories "$typed" ""
        case "*"
            printf "%s\\n" $lines[2..-1]
    end
end
complete -c ra-preflight -f -a "(__ra_preflight)"
`;

const POWERSHELL = `# ra-preflight completion powershell | Out-String | Invoke-Expression    (in $PROFILE)
Register-ArgumentCompleter -Native -CommandName ra-preflight -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { "$_" })
  $lines = @(ra-preflight ${COMPLETE} @words ".$wordToComplete" 2>$null)
  # Without an answer PowerShell offers names of files by itself.
  if ($lines.Count -lt 2) { return }
  $lines[1..($lines.Count - 1)] | ForEach-Object {
    $word, $means = $_ -split "\`t", 2
    $tip = if ($means) { $means } else { $word }
    [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $tip)
  }
}
`;

/** The scripts that make a shell complete command lines of the program, by its name. */
export const SCRIPTS = { bash: BASH, zsh: ZSH, fish: FISH, powershell: POWERSHELL } as const;
