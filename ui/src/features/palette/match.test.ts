import { expect, it } from 'vitest';
import { rank } from './match';

const labels = ['Go offline', 'Privacy: Ledger', 'Privacy', 'New chat'];
const find = (query: string) => rank(labels, (label) => label, query);

it('keeps the order without words', () => expect(find(' ')).toEqual(labels));
it('puts beginnings first', () => expect(find('pri')).toEqual(['Privacy: Ledger', 'Privacy']));
it('finds all words in any order', () => expect(find('ledger priv')).toEqual(['Privacy: Ledger']));
it('finds the inside of a word', () => expect(find('line')).toEqual(['Go offline']));
it('finds nothing', () => expect(find('xyz')).toEqual([]));
