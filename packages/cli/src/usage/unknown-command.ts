import { didYouMean, OodError, quote } from '@oodgrid/contract';

/** Returns the message about words that are no command, with the nearest one. `commands`: all commands, words separated by spaces. */
export function unknownCommand(words: readonly string[], commands: readonly string[]): OodError {
  const [first = ''] = words;
  const command = commands.findLast((name) => words.slice(0, name.split(' ').length).join(' ') === name);
  if (command !== undefined) {
    const rest = words[command.split(' ').length] ?? '';
    return new OodError(
      'invalid-input',
      `${command} takes no argument ${quote(rest)}; see "ood-cli help ${command}"`,
    );
  }
  const inTopic = commands.filter((name) => name.startsWith(`${first} `));
  const given = inTopic.length > 0 ? words.slice(0, 2).join(' ') : first;
  const known =
    inTopic.length > 0
      ? inTopic
      : [...commands, ...new Set(commands.map((name) => name.split(' ')[0] ?? ''))];
  const meant = didYouMean(given, known);
  const listed = inTopic.length > 0 ? `there are: ${inTopic.join(', ')}` : 'see "ood-cli help"';
  const advice = meant === undefined ? `; ${listed}` : ` (did you mean "${meant}"?)`;
  return new OodError('invalid-input', `unknown command ${quote(given)}${advice}`);
}
