import { LIST } from './client/list.ts';
import { ORDER } from './client/order.ts';
import { PIECES } from './client/pieces.ts';
import { START } from './client/start.ts';

/**
 * The one script of the page, as text that stands there as it is. It asks nobody for anything, makes elements by
 * createElement and text by text nodes, and does nothing that the page needs without it: see docs/decisions/0013.
 */
export const SCRIPT = `(() => {\n'use strict';${PIECES}${ORDER}${LIST}${START}})();\n`;
