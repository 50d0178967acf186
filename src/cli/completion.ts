import { Argument, type Command } from 'commander';
import { parseChoice } from '../parsing/value-list.ts';
import { complete } from './complete.ts';
import { addExamples } from './examples.ts';
import { writeStdout, writeStdoutRaw } from './terminal.ts';

// The scripts only ask the program what fits, so they need no change when commands and options do. Each line of the
// answer is a value and, after a tab, its description; :files and :folders ask for the shell's own completion.

const bash = `_fys_nn() {
  local line word="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  [ "$word" = "=" ] && word=
  while IFS= read -r line; do
    case $line in
      :files) compopt -o filenames 2>/dev/null
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$word") ;;
      :folders) compopt -o filenames 2>/dev/null
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "$word") ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _fys_nn fys-nn
`;

const zsh = `#compdef fys-nn
_fys_nn() {
  local line
  local -a values shown
  for line in "\${(@f)$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      '') ;;
      :files) _files; return ;;
      :folders) _files -/; return ;;
      *) values+=("\${line%%$'\\t'*}"); shown+=("\${line/$'\\t'/  -- }") ;;
    esac
  done
  (( $#values )) && compadd -d shown -a values
}
if [[ "\${zsh_eval_context[-1]}" == loadautofunc ]]; then _fys_nn "$@"; else compdef _fys_nn fys-nn; fi
`;

const fish = `function __fys_nn_complete
  set -l words (commandline -opc) (commandline -ct)
  for line in ($words[1] complete -- $words[2..] 2>/dev/null)
    switch $line
      case :files
        __fish_complete_path (commandline -ct)
      case :folders
        __fish_complete_directories (commandline -ct)
      case '*'
        echo $line
    end
  end
end
complete -c fys-nn -f -a '(__fys_nn_complete)'
`;

const scripts = { bash, zsh, fish } as const;
const shells = Object.keys(scripts) as (keyof typeof scripts)[];

/** `fys-nn completion bash`: prints a script that completes commands, options and their values. */
export function addCompletionCommand(program: Command): void {
  const shell = new Argument('<shell>', shells.join(', '));
  shell.argChoices = [...shells];
  const command = program
    .command('completion')
    .addArgument(shell)
    .description('Print a script that completes commands, options and values in a shell')
    .addHelpText(
      'after',
      '\nTo have it in every shell:\n' +
        '  bash  eval "$(fys-nn completion bash)"         in ~/.bashrc\n' +
        '  zsh   source <(fys-nn completion zsh)          in ~/.zshrc, after compinit\n' +
        '  fish  fys-nn completion fish | source          in ~/.config/fish/config.fish',
    )
    .action((name: string) => writeStdoutRaw(scripts[parseChoice(name, shells, '<shell>')]));
  addExamples(command, [
    ['completion bash > fys-nn.bash', 'the script for bash, in a file'],
    ['completion fish', 'that for fish'],
  ]);
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .description('What fits after these words, for the scripts of fys-nn completion')
    .action((words: string[]) => {
      const found = complete(program, words);
      if (typeof found === 'string') writeStdout(`:${found}`);
      else for (const { value, description } of found) writeStdoutRaw(`${value}${described(description)}\n`);
    });
}

/** The beginning of a description, after a tab. */
function described(description: string): string {
  const text = description.replace(/ \(default: .*\)$/s, '').replaceAll(/\s+/g, ' ');
  if (text === '') return '';
  return `\t${text.length > 70 ? `${text.slice(0, 67)}...` : text}`;
}
