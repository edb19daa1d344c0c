import type { FleetStatus, VantageStatus } from '../../model/fleet.ts';
import type { Size } from '../kit/screen-size.ts';

/** What the screen of a fleet shows. */
export interface FleetView extends Size {
  /** The newest look; null before the first. */
  readonly status: FleetStatus | null;
  /** Why the newest look failed, one line; null when it did not. */
  readonly failure: string | null;
  /** Name of the chosen vantage; another look may have it elsewhere. */
  readonly chosen: string | null;
  readonly page: 'list' | 'vantage' | 'help';
  /** First line of the page that scrolls. */
  readonly scroll: number;
  /** What is looked for in names of vantages and workers, and whether somebody types it. */
  readonly search: string;
  readonly isTyping: boolean;
  readonly closed: boolean;
}

/** The screen before the first look. */
export const initialFleetView = ({ columns, rows }: Size): FleetView => ({
  ...{ columns, rows, status: null, failure: null, chosen: null },
  ...{ page: 'list', scroll: 0, search: '', isTyping: false, closed: false },
});

/** The vantages that the list has: those whose name, or the name of one of whose workers, holds what is looked for. */
export const listedVantages = ({ status, search }: FleetView): readonly VantageStatus[] => {
  const wanted = search.trim().toLowerCase();
  const all = status?.vantages ?? [];
  return wanted === ''
    ? all
    : all.filter(({ name, workers }) =>
        [name, ...workers.map(({ id }) => id)].some((text) => text.toLowerCase().includes(wanted)),
      );
};

/** The chosen vantage, or the first where that is not there any more. */
export const chosenVantage = (view: FleetView): VantageStatus | undefined => {
  const listed = listedVantages(view);
  return listed.find(({ name }) => name === view.chosen) ?? listed[0];
};
