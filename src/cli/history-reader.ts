import type { Dashboard } from '../serve/dashboard.ts';

/** A request of the server to the process that reads the history for it. `id` names the request in the reply. */
export type ReaderRequest =
  | { readonly id: number; readonly call: keyof Dashboard; readonly args: readonly unknown[] }
  /** The next piece of the text that call `id` began, or no more of it. */
  | { readonly id: number; readonly text: 'more' | 'drop' };

/** An answer. Of a call that began a text, `value` says whether there is one. */
export type ReaderReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly piece: string; readonly done: boolean }
  | { readonly id: number; readonly error: string };
