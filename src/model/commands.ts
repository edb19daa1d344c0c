/** Where a command is typed, or which setting takes it. `powershell` and `cmd` want an elevated window. */
export const TOOLS = ['nftables', 'cisco', 'powershell', 'cmd', 'shell', 'policy'] as const;

/** One of TOOLS. */
export type Tool = (typeof TOOLS)[number];

/** Lines to copy. */
export interface Commands {
  readonly commands: readonly string[];
  /** What each of the commands is for; absent in reports of a version that did not say. */
  readonly tools?: readonly Tool[];
}

/** Commands of several tools, each with what it is for. */
export const commandsFor = (...blocks: readonly (readonly [tool: Tool, commands: readonly string[]])[]) => ({
  commands: blocks.flatMap(([, commands]) => commands),
  tools: blocks.flatMap(([tool, commands]) => commands.map(() => tool)),
});
