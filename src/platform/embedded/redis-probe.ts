import { connect } from 'node:net';

const LIMIT_MS = 5000;

/** Whether the Redis with this process number responds on this port, with its data loaded and this password. */
export function redisAnswers(port: number, password: string, pid: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    let answer = '';
    const end = (ready: boolean) => {
      clearTimeout(limit);
      socket.destroy();
      resolve(ready);
    };
    const limit = setTimeout(end, LIMIT_MS, false);
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(`AUTH ${password}\r\nPING\r\nINFO server\r\n`));
    socket.on('data', (text: string) => {
      answer += text;
      const [, found] = /process_id:(\d+)\r\n/.exec(answer) ?? [];
      // A stranger may have taken the port first: its number is another.
      if (found !== undefined) end(Number(found) === pid && answer.startsWith('+OK\r\n+PONG\r\n'));
      else if (answer.length > 65_536) end(false);
    });
    socket.on('error', () => {
      end(false);
    });
    socket.on('close', () => {
      end(false);
    });
  });
}
