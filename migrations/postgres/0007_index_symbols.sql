-- Who has two symbols in a row, or one that begins a word: few, and all whom a search of symbols
-- alone can find. The index of trigrams knows letters and digits only.
create index users_symbols on public.users (seq) where search ~ '([!-/:-@\[-`{-~\u2010-\u2bff\U0001f000-\U0001faff]|  )[!-/:-@\[-`{-~\u2010-\u2bff\U0001f000-\U0001faff]';
