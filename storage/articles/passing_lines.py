"""Lines that a page says anew by itself: counters, times of the last update, teasers that rotate.

They get past extraction now and then, and then every look at a page would bring a "changed" text.
Two texts that differ in nothing else are one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from storage.text.tokens import tokens_of

__all__ = ["differ_in_passing_lines_only"]

#: Words of a line that counts something, or says when the page was brought up to date, folded as
#: ``tokens_of`` folds them: English, German, French, Spanish, Portuguese, Italian, Dutch, Swedish,
#: Danish, Norwegian, Polish, Czech, Russian, Ukrainian, Turkish, Indonesian, Greek, Romanian,
#: Hungarian, Finnish.
_COUNTING = frozenset(
    tokens_of(
        """
        view views comment comments share shares like likes read reads reader readers reply replies
        vote votes reaction reactions follower followers visits online watching
        minute minutes min mins hour hours hr hrs day days second seconds sec week weeks ago just now
        updated update last modified edited published posted on at by am pm est edt gmt utc bst cet
        today yesterday
        aufrufe kommentar kommentare geteilt gelesen lesezeit minuten stunden stunde tage tagen vor uhr
        aktualisiert zuletzt stand am um heute gestern
        vues commentaire commentaires partages lectures minutes heures heure jours jour il y a mis jour
        le publie modifie hier aujourd hui
        vistas visitas comentario comentarios compartido compartidos lecturas minutos horas hora dias
        dia hace actualizado actualizada publicado hoy ayer el las los
        visualizacoes compartilhamentos leituras atras ha atualizado em as hoje ontem
        visualizzazioni commenti condivisioni letture minuti ore fa aggiornato aggiornamento ultimo il
        alle oggi ieri
        reacties gedeeld gelezen keer minuten uur geleden bijgewerkt laatst om vandaag gisteren
        kommentarer delningar lasningar minuter timmar sedan uppdaterad senast kl idag igar
        visninger delinger minutter timer siden opdateret oppdatert sist sidst
        wyswietlen komentarze komentarzy udostepnien minut godzin temu aktualizacja dzisiaj wczoraj
        zobrazeni komentare sdileni minut hodin pred aktualizovano dnes vcera
        просмотров просмотра просмотры комментариев комментария комментарии репостов минут минуты часов
        часа назад обновлено сегодня вчера в
        переглядів переглядів коментарів хвилин годин тому оновлено сьогодні вчора
        goruntulenme okunma yorum yorumlar paylasim dakika saat once guncellendi guncelleme son bugun dun
        dilihat kali komentar dibagikan menit jam lalu diperbarui
        προβολες σχολια λεπτα ωρες πριν ενημερωθηκε
        vizualizari comentarii distribuiri minute ore acum actualizat
        megtekintes hozzaszolas perce oraja frissitve
        katselua kommenttia jakoa minuuttia tuntia sitten paivitetty
        k m mio mln tys
        january february march april may june july august september october november december
        jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun
        monday tuesday wednesday thursday friday saturday sunday
        januar februar marz mai juni juli oktober dezember montag dienstag mittwoch donnerstag freitag
        samstag sonntag
        janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre
        enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
        janeiro fevereiro maio junho julho setembro outubro novembro dezembro
        gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre de del di
        """
    )
)
#: A line longer than this is prose.
_COUNTER_TOKENS, _TEASER_TOKENS = 14, 20
#: Share of the words that stays where only lines in passing changed.
SAME_AT_LEAST = 0.7
#: How prose ends.
_ENDS = re.compile(r"[.!?…:;。！？।۔؟]['\"”’»)\]]*$")


def differ_in_passing_lines_only(
    old: Sequence[tuple[str, str]], new: Sequence[tuple[str, str]]
) -> bool:
    """Whether two bodies, as pairs of a block's type and text, differ in passing lines only."""
    before = [(kind, " ".join(tokens_of(text))) for kind, text in old]
    after = [(kind, " ".join(tokens_of(text))) for kind, text in new]
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    same = sum(
        text.count(" ") + 1
        for block in matcher.get_matching_blocks()
        for _, text in before[block.a : block.a + block.size]
    )
    if same < SAME_AT_LEAST * sum(text.count(" ") + 1 for _, text in before):
        return False
    differs = False
    for tag, a, a_end, b, b_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        differs = True
        gone, come = old[a:a_end], new[b:b_end]
        if all(_is_counter(text) for _, text in (*gone, *come)):
            continue
        if len(gone) != len(come) or not all(map(_is_rotated, gone, come)):
            return False
    return differs


def _is_counter(text: str) -> bool:
    """Whether a line counts something or says a time, and no more."""
    tokens = tokens_of(text)
    if not tokens or len(tokens) > _COUNTER_TOKENS or not any(c.isdigit() for c in text):
        return False
    return all(token in _COUNTING or _is_number(token) for token in tokens)


def _is_number(token: str) -> bool:
    return token.rstrip("abcdefghijklmnopqrstuvwxyz").isdigit()


def _is_rotated(gone: tuple[str, str], come: tuple[str, str]) -> bool:
    """Whether one teaser took another's place: two headlines that have nothing to do with each other."""
    if gone[0] != "paragraph" or come[0] != "paragraph":
        return False
    if _is_counter(gone[1]) and _is_counter(come[1]):
        return True
    one, other = tokens_of(gone[1]), tokens_of(come[1])
    if not (3 <= len(one) <= _TEASER_TOKENS and 3 <= len(other) <= _TEASER_TOKENS):
        return False
    if _ENDS.search(gone[1].strip()) or _ENDS.search(come[1].strip()):
        return False
    return len(set(one) & set(other)) <= 0.3 * min(len(set(one)), len(set(other)))
