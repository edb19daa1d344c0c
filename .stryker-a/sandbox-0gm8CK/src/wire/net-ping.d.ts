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
    getSocket(): RawSocket;
  }
  /** The socket of raw-socket underneath. */
  interface RawSocket {
    /** `value` as setsockopt(2) takes it. */
    setOption(level: number, option: number, value: Buffer, length: number): void;
    /** Sends the oldest packet of its queue. */
    onSendReady(): void;
    emit(event: 'message', bytes: Buffer, source: string): boolean;
    /** What `wrap` reads into. */
    readonly buffer: Buffer;
    readonly wrap: {
      on(event: 'recvReady', listener: () => void): void;
      /** Reads one packet, with its IPv4 header. Throws when there is none. */
      recv(into: Buffer, onPacket: (into: Buffer, length: number, source: string) => void): void;
    };
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
