// Loaded before the program under Wine 8 (node --import). Its IcmpSendEcho2Ex, given an event and no APC, frees an IO_STATUS_BLOCK that
// it writes to later (mended since), which ends the process sooner or later. With an APC it does not free it; nothing here waits in
// a way in which Windows would call one, so any function will do.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folders = createRequire(process.argv[1]).resolve.paths('koffi');
const found = folders.map((folder) => join(folder, 'koffi', 'index.js')).find(existsSync);
const { default: koffi } = await import(pathToFileURL(found).href);

const kernel = koffi.load('kernel32.dll');
const moduleOf = kernel.func('intptr_t __stdcall GetModuleHandleA(const char *name)');
const addressOf = kernel.func('intptr_t __stdcall GetProcAddress(intptr_t module, const char *name)');
const apc = BigInt(addressOf(moduleOf('kernel32.dll'), 'GetLastError'));

const { load } = koffi;
koffi.load = (...args) => {
  const library = load(...args);
  return {
    func: (...declared) => {
      const call = library.func(...declared);
      if (!/Icmp6?SendEcho2/.test(declared[0])) return call;
      return (handle, event, _apc, ...rest) => call(handle, event, apc, ...rest);
    },
  };
};
