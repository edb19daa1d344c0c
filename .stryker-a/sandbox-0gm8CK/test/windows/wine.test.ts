// One file for all of them: they share a Wine prefix, and its server makes the sockets, so that two networks at once would be one.
import './packed.ts';
import './portable.ts';
import './terminal.ts';
