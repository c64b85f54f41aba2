import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { Workbench } from './workbench.js';
import { buildScene, ownUrls } from './batches/scene.js';
const cpu = (pid: number) => { try { const f = readFileSync(`/proc/${pid}/stat`,'utf8'); const p = f.slice(f.lastIndexOf(')')+2).split(' '); return [Number(p[11])/100, Number(p[12])/100]; } catch { return [0,0]; } };
const all = () => readdirSync('/proc').filter(n=>/^\d+$/.test(n)).map(Number);
const cmd = (p: number) => { try { return readFileSync(`/proc/${p}/cmdline`,'utf8').replaceAll('\0',' '); } catch { return ''; } };
const cwd = (p: number) => { try { return readlinkSync(`/proc/${p}/cwd`); } catch { return ''; } };
const nameOf = (p: number, w: number, root: string) => p===w?'WORKER':p===process.pid?'BENCH':cwd(p).startsWith(root)||cmd(p).includes(root)?(/ai\.ts/.test(cmd(p))?'AI':/postgres/.test(cmd(p))?'PG':/redis/.test(cmd(p))?'redis':'mine'):'others';
const bench = new Workbench();
try {
  const scene = await buildScene(bench);
  const w = await scene.worker();
  const ROWS = 20000;
  await scene.seconds({ rows: ROWS, rowsAPart: 5000, url: ownUrls() });
  const root = bench.folder;
  const mine = all().filter(pid => { try { const c = readFileSync(`/proc/${pid}/cmdline`,'utf8'); return c.includes(root) || pid === w.process.pid || /ai\.ts/.test(c); } catch { return false; } });
  const names = new Map<number,string>();
  for (let r=0;r<5;r++){
    const before = new Map(all().map(p=>[p,cpu(p)]));
    const s = await scene.seconds({ rows: ROWS, rowsAPart: 5000, url: ownUrls() });
    const sums: Record<string, number[]> = {};
    for (const p of all()) { const a = before.get(p), b = cpu(p); if(!a) continue; const d=[b[0]!-a[0]!, b[1]!-a[1]!]; if (d[0]!+d[1]!<0.02) continue; const name = nameOf(p, w.process.pid!, root); const t=(sums[name]??=[0,0]); t[0]!+=d[0]!; t[1]!+=d[1]!; }
    if(process.env.KEEPLOG){const {cpSync}=await import("node:fs");for(const f of readdirSync(bench.folder).filter(n=>n.endsWith(".log")))cpSync(bench.folder+"/"+f,"/tmp/gc.log");}
    console.log(s.toFixed(2), 's', Math.round(ROWS/s), 'rows/s', Object.entries(sums).map(([k,[u,y]])=>`${k} ${(u!*1e6/ROWS).toFixed(0)}+${(y!*1e6/ROWS).toFixed(0)}us`).join('  '));
  }
} finally { await bench.close(); }
