-- Some dialects can be asked in a second way. `dialect` names the family, as ever; `api` the way,
-- where it is not the first. NULL: the first.
ALTER TABLE source ADD COLUMN api TEXT CHECK (api IN ('responses', 'interactions'));
