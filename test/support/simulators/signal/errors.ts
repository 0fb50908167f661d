/** JSON-RPC errors as signal-cli gives them (SignalJsonRpcCommandHandler, JsonRpcResponse). */
export class RpcError extends Error {
  override name = 'RpcError';
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data: unknown = null) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

export const errors = {
  parse: (message: string) => new RpcError(-32_700, message),
  invalidRequest: (message: string) => new RpcError(-32_600, message),
  noMethod: () => new RpcError(-32_601, 'Method not implemented'),
  badParams: (message: string) => new RpcError(-32_602, message),
  internal: (message: string) => new RpcError(-32_603, message),
  user: (message: string, data?: unknown) => new RpcError(-1, message, data),
  untrusted: (data: unknown) => new RpcError(-4, 'Failed to send message due to untrusted identities', data),
  rateLimit: (data: unknown) => new RpcError(-5, 'Failed to send message due to rate limiting', data),
} as const;
