import { createRequire } from 'node:module';
import type Database from 'libsql';
import { UsageError } from '../model/fault.ts';
import { messageOf } from '../text/error-message.ts';

/** What a column holds. */
export type Value = string | number | null | Uint8Array;

/** The columns of a row, in the order of the query. Not checked yet. */
export type Row = readonly unknown[];

/** A prepared statement; a query is read to its end at once. */
export interface Statement {
  rows(values: readonly Value[]): readonly Row[];
  /** How many rows changed. */
  run(values: readonly Value[]): number;
}

/** An open database. What SQLite says goes out as an Error with its extended result code in `rawCode`. */
export interface Connection {
  prepare(query: string): Statement;
  exec(script: string): void;
  readonly inTransaction: boolean;
  close(): void;
}

/** Opens `address`, a file URL of SQLite's or `:memory:`; `timeout` milliseconds are waited for another program's lock. */
export type OpenDatabase = (address: string, timeout: number) => Connection;

/** Nothing on this machine reads SQLite; `message` is one line that says why, and what to install. */
export class NoSqlite extends UsageError {}

const viaLibsql = (Library: typeof Database): OpenDatabase => {
  return (address, timeout) => {
    const db = new Library(address, { timeout });
    return {
      prepare: (query) => {
        const statement = db.prepare(query);
        return {
          // Values travel as one array: the library takes a lone object (a Buffer) for named values and aborts the process.
          rows: (values) => statement.raw().all(values) as Row[],
          run: (values) => statement.run(values).changes,
        };
      },
      exec: (script) => {
        db.exec(script);
      },
      get inTransaction() {
        return db.inTransaction;
      },
      close: () => {
        db.close();
      },
    };
  };
};

/** What is used of node:sqlite, as Node 22.16 has it. */
interface NodeSqlite {
  readonly StatementSync: { readonly prototype: object };
  readonly DatabaseSync: new (
    address: string,
    options: { readonly timeout: number; readonly enableForeignKeyConstraints: boolean },
  ) => {
    prepare(query: string): {
      setReturnArrays(on: boolean): void;
      all(...values: readonly Value[]): unknown[];
      run(...values: readonly Value[]): { readonly changes: number };
    };
    exec(script: string): void;
    readonly isTransaction: boolean;
    close(): void;
  };
}

/** Node's own errors have the code under another name. */
const withCode = <T>(work: () => T): T => {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error && 'errcode' in error) Object.assign(error, { rawCode: error.errcode });
    throw error;
  }
};

const viaNode = ({ DatabaseSync }: NodeSqlite): OpenDatabase => {
  return (address, timeout) => {
    const db = withCode(() => new DatabaseSync(address, { timeout, enableForeignKeyConstraints: false }));
    return {
      prepare: (query) => {
        const statement = withCode(() => db.prepare(query));
        statement.setReturnArrays(true);
        return {
          rows: (values) => withCode(() => statement.all(...values)) as Row[],
          run: (values) => withCode(() => statement.run(...values)).changes,
        };
      },
      exec: (script) => withCode(() => db.exec(script)),
      get inTransaction() {
        return db.isTransaction;
      },
      close: () => db.close(),
    };
  };
};

/** Node's own SQLite, where it can do what is needed; null in Node 20. It is called experimental there, which concerns no user. */
const nodeSqlite = (): NodeSqlite | null => {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    const found = process.getBuiltinModule?.('node:sqlite') as NodeSqlite | undefined;
    return found && 'setReturnArrays' in found.StatementSync.prototype ? found : null;
  } catch {
    return null;
  } finally {
    process.emitWarning = emitWarning;
  }
};

const whyNot = (error: unknown): string => {
  const [reason = ''] = messageOf(error).split(/[\r\n]/);
  const remedy =
    process.platform === 'win32'
      ? 'install the Microsoft Visual C++ Redistributable, which its native part needs'
      : 'install it with its optional packages (npm ci)';
  return `SQLite cannot be loaded: libsql: ${reason}; ${remedy}, or take Node 22.16 or later, which has its own`;
};

let loaded: OpenDatabase | undefined;

/**
 * The SQLite of this machine: libsql where its native part can be loaded, else Node's own. Loaded when it is needed first, by
 * require: Node 20 reports a CommonJS module that throws below a static import twice, and ends the process. Throws NoSqlite.
 */
export const sqlite = (): OpenDatabase => {
  if (loaded) return loaded;
  try {
    loaded = viaLibsql(createRequire(import.meta.url)('libsql'));
  } catch (error) {
    const own = nodeSqlite();
    if (!own) throw new NoSqlite(whyNot(error));
    loaded = viaNode(own);
  }
  return loaded;
};
