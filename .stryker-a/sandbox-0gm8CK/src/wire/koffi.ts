import { messageOf } from '../text/error-message.ts';

/** What koffi offers. */
export type Koffi = typeof import('koffi').default;

/** Loads koffi, which is loaded only now. Throws one clear Error when it is not to be had, or cannot watch sockets. */
export const loadKoffi = async (): Promise<Koffi> => {
  const { default: koffi } = await import('koffi').catch((error) => {
    throw new Error(`koffi could not be loaded (${String(error.message ?? error).split('\n')[0]})`);
  });
  // Not in koffi's manual yet, so a later version may lack it.
  if (typeof koffi.node?.poll !== 'function') {
    throw new Error(`koffi ${koffi.version} cannot watch a socket (koffi.node.poll)`);
  }
  return koffi;
};

/** Loads a library of the system by its name. Throws one clear Error that names it. */
export const loadLibrary = (koffi: Koffi, name: string): ReturnType<Koffi['load']> => {
  try {
    return koffi.load(name);
  } catch (error) {
    throw new Error(`${name} could not be loaded (${messageOf(error)})`);
  }
};
