/** The part of net-ping 1.2 that is used here; the package brings no types. */
declare module 'net-ping' {
  interface Session {
    on(event: 'error' | 'close', listener: (error?: Error) => void): this;
    pingHost(
      target: string,
      callback: (
        error: (Error & { source?: string }) | null,
        target: string,
        sent?: Date,
        received?: Date,
      ) => void,
    ): void;
    close(): void;
    /** The socket of raw-socket underneath; `value` as setsockopt(2) takes it. */
    getSocket(): { setOption(level: number, option: number, value: Buffer, length: number): void };
  }
  const netPing: {
    createSession(options: {
      networkProtocol: 1 | 2;
      timeout: number;
      retries: number;
      packetSize?: number;
      sessionId?: number;
    }): Session;
    NetworkProtocol: { IPv4: 1; IPv6: 2 };
  };
  export default netPing;
}
