import { Workbench } from './workbench.js';
const bench = new Workbench();
try {
  const ai = await bench.partner('batches/ai.ts').ask<any>({ latency: 0 });
  const { Pool } = await import('undici');
  const pool = new Pool(new URL(ai.url).origin, { connections: 64 });
  for (let r=0;r<8;r++){ const c0=process.cpuUsage(); const s=performance.now(); let next=1; const rows=20000;
  await Promise.all(Array.from({length:64}, async()=>{ for(let row=next++;row<=rows;row=next++){ const {body}=await pool.request({method:'POST',path:'/',headers:{'content-type':'application/json'},body:JSON.stringify({image_url:`https://images.example.com/${row}.jpg`,options:{},row_number:row,idempotency_key:String(row)})}); await body.json(); } }));
  const c=process.cpuUsage(c0); console.log(((performance.now()-s)/1000).toFixed(2),'s', 'CPU', (c.user/rows).toFixed(0),'+',(c.system/rows).toFixed(0)); }
  await pool.close();
} finally { await bench.close(); }
