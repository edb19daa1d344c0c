import { distanceOf, movedBy } from '../kit/scroll.ts';
import type { AuditKeyName } from './audit-keys.ts';
import { type AuditView, chosenGroup } from './audit-state.ts';
import { cursorCell, cursorLine, mapGeometry, nextLine, pageHeight, worstOf } from './geometry.ts';
import { chosenOf, endOf, next } from './select.ts';

const upDown = (view: AuditView, lines: number): AuditView => {
  const start = cursorLine(view);
  const cell = cursorCell(view);
  if (!start || !cell) return view;
  let line = start;
  for (let left = Math.abs(lines); left > 0; left--) line = nextLine(view, line, lines > 0 ? 1 : -1) ?? line;
  const { share } = mapGeometry(view);
  return line === start ? view : { ...view, cursor: Math.min(line.to - 1, line.from + cell.column * share) };
};

/** The map after this key: the cursor goes from cell to cell. */
export const movedOnMap = (view: AuditView, name: AuditKeyName): AuditView => {
  const { covered } = view.blocks;
  const cell = cursorCell(view);
  if (!cell) return view;
  if (name === 'left') return { ...view, cursor: Math.max(0, cell.from - 1) };
  if (name === 'right') return cell.to < covered ? { ...view, cursor: cell.to } : view;
  const by = distanceOf(name, Math.max(1, pageHeight(view) - 1));
  if (by === null) return view;
  if (Number.isFinite(by)) return upDown(view, by);
  return { ...view, cursor: by < 0 ? 0 : covered - 1 };
};

/** The list after this key. */
export const movedInList = (view: AuditView, name: AuditKeyName): AuditView => {
  const by = distanceOf(name, Math.max(1, pageHeight(view) - 1));
  const start = chosenOf(view);
  if (by === null || start === null) return view;
  const step = by > 0 ? 1 : -1;
  if (!Number.isFinite(by)) {
    return { ...view, cursor: endOf(view, step) ?? start };
  }
  let cursor = start;
  for (let left = Math.abs(by); left > 0; left--) cursor = next(view, cursor, step) ?? cursor;
  return { ...view, cursor };
};

/** The findings after this key. */
export const movedInFindings = (view: AuditView, name: AuditKeyName): AuditView => {
  const by = distanceOf(name, pageHeight(view));
  const chosen = chosenGroup(view);
  if (by === null || !chosen) return view;
  const place = movedBy(by, view.groups.indexOf(chosen), view.groups.length - 1);
  return { ...view, finding: view.groups[place]?.id ?? null };
};

/** The host that the screen describes: what its cell shows on the map, the chosen one elsewhere; null when there is none. */
export const previewedHost = (view: AuditView): number | null => {
  if (view.page === 'findings') return null;
  if (view.isOpen) return view.cursor;
  if (view.page === 'list') return chosenOf(view);
  const cell = cursorCell(view);
  return cell && worstOf(view.states, cell.from, cell.to);
};

/** The next or previous host on an open host's page: of the list where the list is open, of the run otherwise. */
export const neighbour = (view: AuditView, step: 1 | -1): number => {
  if (view.page === 'list') return next(view, view.cursor, step) ?? view.cursor;
  return Math.max(0, Math.min(view.targets.size - 1, view.cursor + step));
};
