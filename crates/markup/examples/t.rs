use fluxchat_markup::*;
use std::time::Instant;
use std::sync::{Arc,Mutex};
fn main(){ 
 let set = two_face::syntax::extra_newlines();
 let names: Vec<String> = set.syntaxes().iter().map(|s| s.name.to_lowercase()).collect();
 let frags = ["fn ","class ","def ","(",")","{","}","[","]","<",">","\"","'","`","/*","*/","//","#","--","<!--","-->","=","=>","->","::",";",":",",",".","$","@","%","&","|","\\","\n","\n","  ","\t","0x1f","1.5e3","foo","Bar","if ","end ","<?php ","?>","<script>","</script>","<style>","{{","}}","${","#{","<<EOF\n","EOF\n","r#\"","'''","\"\"\"","import ","let ","var ","é","人工","---\n","+++","@@ -1 +1 @@\n","- ","* ","> ","=begin\n","%{","~","!","?","^","_"];
 let mut seed: u64 = 88172645463325252;
 let mut rnd = |n: usize| { seed ^= seed<<13; seed ^= seed>>7; seed ^= seed<<17; (seed % n as u64) as usize };
 let cur: Arc<Mutex<(Instant,String,String)>> = Arc::new(Mutex::new((Instant::now(),String::new(),String::new())));
 let c2=cur.clone();
 std::thread::spawn(move || loop { std::thread::sleep(std::time::Duration::from_secs(2)); let g=c2.lock().unwrap(); if g.0.elapsed().as_secs()>8 { println!("STUCK {:?} {} {:?}", g.0.elapsed(), g.1, g.2); std::process::exit(1);} });
 let t0=Instant::now(); let mut n=0; let mut slow: Vec<(u128,String,String)>=vec![];
 'o: loop { for name in &names { if t0.elapsed().as_secs()>120 {break 'o;} let mut t=String::new(); for _ in 0..rnd(60)+1 { t.push_str(frags[rnd(frags.len())]); }
   *cur.lock().unwrap()=(Instant::now(),name.clone(),t.clone());
   let lines: Vec<CodeLine> = t.split('\n').map(|l| if l.is_empty() {vec![]} else {vec![Span{class:HighlightClass::Plain,text:l.into()}]}).collect();
   let s=Instant::now(); match std::panic::catch_unwind(|| highlight(name,&lines)) { Err(_) => println!("PANIC {name} {t:?}"), Ok(Some(l)) => { let j: Vec<String> = l.iter().map(|l| l.iter().map(|s| s.text.as_str()).collect()).collect(); if j.join("\n")!=t { println!("LOST {name} {t:?}"); } }, Ok(None)=>{} } n+=1; let e=s.elapsed().as_millis(); if e>300 { slow.push((e,name.clone(),t)); } } }
 slow.sort(); slow.reverse();
 println!("{n} runs; slow {}", slow.len()); for s in slow.iter().take(12) { println!("{} {} {:?}", s.0, s.1, s.2.chars().take(80).collect::<String>()); }
}
