use fluxchat_markup::*;
use std::time::Instant;
fn main(){ 
 let cmds: Vec<String> = std::fs::read_to_string("/tmp/texcmds").unwrap().lines().map(|s| s.to_owned()).collect();
 let extra = ["a","1","{","}","^","_","&","\\\\","[","]","(",")","|","'","é","人","\u{338}","<",">","\"","#1","%","~"," ","=","+","0","pt","em","-","*","/","\n",",",".","{a}","{b}","{1}","[2]","{red}","{pmatrix}","{array}{c|c}","{aligned}","{cases}","{1em}","\\begin{matrix}","\\end{matrix}","\\begin{split}","\\end{split}","\\begin{array}{l:r}","\\end{array}","\\left.","\\right]"];
 let mut seed: u64 = std::env::args().nth(1).and_then(|s| s.parse().ok()).unwrap_or(1);
 let mut rnd = |n: usize| { seed ^= seed<<13; seed ^= seed>>7; seed ^= seed<<17; (seed % n as u64) as usize };
 // every command alone in typical surroundings
 for c in &cmds { for f in ["\\C","\\C{a}","\\C{a}{b}","\\C[1]{a}{b}","\\C a b","x\\C^2_3","{\\C}","\\C{","\\C}","\\C &","\\begin{C}a&b\\\\c\\end{C}","\\begin{C}{c|c}a&b\\end{C}","\\left\\C x\\right\\C","\\C\\C\\C","\\C{\\C{a}}","\\C'","\\C=1","\\C{1em}{2pt}","\\C*{a}"] {
   let t=f.replace('C',c); let s=std::panic::catch_unwind(|| parse(&format!("\\[{t}\\]"))); if s.is_err(){ println!("PANIC {t}"); } } }
 let t0=Instant::now(); let mut n=0; let mut ok=0; let mut worst=(0u128,String::new());
 while t0.elapsed().as_secs()<100 { let mut t=String::new(); for _ in 0..rnd(30)+1 { if rnd(2)==0 { t.push('\\'); t.push_str(&cmds[rnd(cmds.len())]); if rnd(2)==0 {t.push(' ');} } else { t.push_str(extra[rnd(extra.len())]); } }
   let s=Instant::now(); match std::panic::catch_unwind(|| parse(&format!("\\[{t}\\]"))) { Err(_) => println!("PANIC {t:?}"), Ok(d) => { if matches!(&d.blocks[..],[Block::Math{mathml:Some(_),..}]) {ok+=1;} } } n+=1; let e=s.elapsed().as_micros(); if e>worst.0 {worst=(e,t);} }
 println!("tex {n} ok {ok} worst {worst:?}");
 for t in ["\\frac".repeat(800), "\\sqrt".repeat(800), "^".repeat(4000), "_{".repeat(1000), "\\left(".repeat(600), "x'".repeat(2000), "'".repeat(4000),"{}".repeat(2000),"\\sqrt ".repeat(600)+"x","\\hat".repeat(900)+"x","\\not".repeat(900)+"x","\\overset a".repeat(400), "\\text{".repeat(600), "&".repeat(4000), "\\\\".repeat(2000), format!("\\begin{{matrix}}{}\\end{{matrix}}","&".repeat(4000)), "\\begin{matrix}".repeat(30)+&"\\end{matrix}".repeat(30), "x^{".repeat(39)+&"}".repeat(39), "\\frac{a}{b}".repeat(350), "\\frac1".repeat(600)+"x"] { let s=Instant::now(); let d=parse(&format!("\\[{t}\\]")); println!("{} {:?} {}", &t[..t.len().min(16)], s.elapsed(), matches!(&d.blocks[..],[Block::Math{mathml:Some(_),..}])); }
}
