import { Box, Text, useInput, useStdin } from 'ink';
import { memo, useLayoutEffect, useSyncExternalStore } from 'react';
import { plainText } from '../kit/layout/line.ts';
import { type AuditKey, auditKeysOf } from './audit-keys.ts';
import type { Frames } from './frames.ts';

/** What the audit screen is made of. */
export interface AuditAppProps {
  readonly frames: Frames;
  readonly onKey: (key: AuditKey) => void;
  /** Called when the screen goes away, for whatever reason: Ink also unmounts when the process is about to exit. */
  readonly onGone: () => void;
}

const PlainRow = memo(({ text }: { readonly text: string }) => (
  <Text wrap="truncate">{text === '' ? ' ' : text}</Text>
));

/** The audit screen: lines without their colours, which come behind Ink, and keys on their way back. */
export const AuditApp = ({ frames, onKey, onGone }: AuditAppProps) => {
  const lines = useSyncExternalStore(frames.subscribe, frames.lines);
  const { isRawModeSupported } = useStdin();
  // Undefined for a stdin that is no terminal, which Ink would take for the default: active.
  useInput((input, key) => auditKeysOf(input, key).forEach(onKey), { isActive: isRawModeSupported === true });
  useLayoutEffect(() => onGone, [onGone]);
  return (
    <Box flexDirection="column">
      {lines.map((line, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place on the screen
        <PlainRow key={row} text={plainText(line)} />
      ))}
    </Box>
  );
};
