// Characters that show nothing, and with which a page can write what only a program reads.

// Tags and the supplementary variation selectors spell whole texts; the others carry bits, or turn a text around.
const kUnseenCharacters = new RegExp(
    '[\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u0084\\u0086-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5' +
    '\\u180b-\\u180f\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff0-\\ufffb' +
    '\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}]', 'gu');
// The flags of England, Scotland and Wales are all that Unicode recommends to write with tags.
const kTagFlags = /\u{1f3f4}\u{e0067}\u{e0062}(?:\u{e0065}\u{e006e}\u{e0067}|\u{e0073}\u{e0063}\u{e0074}|\u{e0077}\u{e006c}\u{e0073})\u{e007f}/gu;
// Joiners stand alone between two characters; a variation selector alone after one that has variants.
const kIdleJoiners = /(?<![\p{L}\p{M}\p{Emoji}\ufe0f])[\u200c\u200d]+|[\u200c\u200d]+(?![\p{L}\p{M}\p{Emoji}])|([\u200c\u200d])[\u200c\u200d]+|(?<=[a-z0-9])[\u200c\u200d]+(?=[a-z0-9])/giu;
const kIdleSelectors = /(?<![\p{Emoji}\p{S}\p{P}\p{Script=Han}])[\ufe00-\ufe0f]+|([\ufe00-\ufe0f])[\ufe00-\ufe0f]+/gu;
const kMaybeUnseen = /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud82f\ud834\udb40-\udb43]/;

/** `text` without characters that show nothing. */
function seenCharacters(text) {
  if (!kMaybeUnseen.test(text)) return text;
  const flags = [];
  return text.replace(kTagFlags, (flag) => `\ue000${flags.push(flag) - 1}\ue001`)
      .replace(kUnseenCharacters, '').replace(kIdleJoiners, '$1').replace(kIdleSelectors, '$1')
      .replace(/\ue000(\d+)\ue001/g, (whole, place) => flags[place] ?? whole);
}
