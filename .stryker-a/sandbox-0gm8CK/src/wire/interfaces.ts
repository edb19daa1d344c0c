import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

/** The addresses of this machine by interface. Where the system names none (Windows and Wine without an adapter), there are none. */
export const interfacesHere = (
  read: () => NodeJS.Dict<NetworkInterfaceInfo[]> = networkInterfaces,
): NodeJS.Dict<NetworkInterfaceInfo[]> => {
  try {
    return read();
  } catch {
    return {};
  }
};
