/** What the user asks of Slurm, checked. */
export interface SlurmSettings {
  readonly partition: string | null;
  readonly account: string | null;
  /** Seconds that a task may run; null: chosen from its trials. */
  readonly time: number | null;
  /** Cores of a task, each of which computes one trial at a time. */
  readonly cpus: number;
  readonly mem: string | null;
  readonly constraint: string | null;
  /** Further options of sbatch, each as one word: "--qos=long". */
  readonly options: readonly string[];
  /** Seconds that a task is predicted to take. */
  readonly taskTime: number;
  /** Seconds after a task's end in which its records may still appear in this machine's view of the store. */
  readonly latencyWait: number;
  /** Seconds between two looks at the queue, at least. */
  readonly poll: number;
  /** Seconds after which a command gives up to which Slurm does not answer. */
  readonly patience: number;
  /** Whether to return when everything is submitted. */
  readonly detach: boolean;
}

/** How the submitting command was started. */
export interface SubmittedBy {
  /** Its arguments, without the program's name. */
  readonly argv: readonly string[];
  readonly directory: string;
}
