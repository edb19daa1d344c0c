import type { PolicyFile } from '../setting.ts';

/** A file of a format that holds registry settings alone: no firewall rules, profiles or networks. `covers`: keys that it has whole. */
export const settingsFile = ({
  covers = [],
  ...file
}: Pick<PolicyFile, 'format' | 'source' | 'instructions'> &
  Partial<Pick<PolicyFile, 'covers'>>): PolicyFile => ({
  ...file,
  says: 'policy',
  covers,
  rules: [],
  profiles: [],
  networks: [],
  unread: [],
});
