export declare const TOKEN: string;
export declare const SECRET: string;
export declare class EchoProvider {
  constructor(webhook: string);
  sent: { id: string; to: string; text: string }[];
  losesAnswers: boolean;
  listen(port?: number): Promise<string>;
  writes(text: string): Promise<boolean>;
  repeats(): Promise<boolean>;
  delivers(): Promise<boolean>;
  calls(items: readonly unknown[]): Promise<boolean>;
  posts(body: Uint8Array): Promise<boolean>;
  givesUp(): void;
  cut(): void;
  close(): Promise<void>;
}
