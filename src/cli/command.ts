import { type Argument, Command, type Help, type Option } from 'commander';
import { usageError } from './usage-error.ts';

/** A command whose usage errors are a UserError in our form, and whose help shows defaults without quotation marks. */
export class ProgramCommand extends Command {
  override createCommand(name?: string): ProgramCommand {
    return new ProgramCommand(name);
  }

  override error(message: string, { code = '' }: { code?: string } = {}): never {
    throw usageError(this, code, message);
  }

  override createHelp(): Help {
    return Object.assign(super.createHelp(), {
      optionDescription: describe,
      argumentDescription: describeArgument,
      // Next to long names of arguments there is less room than the usual 40 columns.
      minWidthToWrap: 30,
    });
  }
}

function describe({ description, defaultValue, defaultValueDescription, required }: Option): string {
  if (defaultValue === undefined || !required) return description;
  return `${description} (default: ${defaultValueDescription ?? String(defaultValue)})`;
}

/** Choices are part of the description. */
function describeArgument({ description, defaultValue }: Argument): string {
  return defaultValue === undefined ? description : `${description} (default: ${String(defaultValue)})`;
}
