//! Words that businesses go by, so that "Roof Repair Austin" is told from the name of a person.
//!
//! Praise that fits any page says little by itself; under a name like that it is there for the name.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::folding::Folded;
use super::hashing::{IdentityState, START, hash_chars, push};

/// Whole words, or beginnings when they end in `*`.
const WORDS: &str = "\
    abogado* accountan* accounting advertis* advogado* agencia* agencies agency agentur* agenzia* alarm* alquiler* \
    anwalt* apartment* appliance* arztpraxis assignment* assurance attorney* automation avocat* backlinks bags \
    bakery baratos bathroom* bauunternehm* bedding berater* betting bitcoin biuro blinds boiler* bola bonus booking* \
    bookkeeping botox broker* builder* buy cab cabs cannabis car carpet* carrental cars cash casino* catering cbd \
    cerrajer* chair* charter chauffage* cheap cheapest chiropract* cialis cleaner* cleaning clinic* clothing \
    clínica* coach coaching commercial companies company comprar conditioner conditioning construction consult* \
    contractor* cosmetic* coupon* courses credit crypto curtains dachy dating dealer* deals dental dentist* design* \
    detailing develop* devis diet discount* distributor* divorce doors drain* dépannage* electric* empresa* \
    engineering enterprise* entrümpelung equipment escort* essay* estate exchange exporter* facial fencing \
    ferienwohnung* fertility finance financial firma fitness fitters fitting* fliesen flights flooring florist* \
    flowers followers fontaner* forex furnace furniture gacor garage gardening gifts glazing gmbh gummies gutter* \
    gym hair handbag* handwerk* handyman headphones health heating hemp hire hosting hotel* hurtownia hvac idraulic* \
    immigration immobilien immobilier* implants inc industrial industries injury institute insulation insurance \
    interior* invest* iphone iptv jersey* jewel* judi kamagra kancelaria kaufen keto kitchen* klempner kratom küche* \
    laptop* law lawn lawyer* leads leasing legal limo* llc loan* locksmith* logistics logo loja* ltd machine* \
    maintenance makler* management manufactur* marketing masonry massage mattress* mba meble medicines mortgage* \
    mover* moving mudanza* nakliyat* naprawa nettoyage noleggio* nursing nutrition* okna online optimization \
    orthodont* outlet outlets packaging packers painter* painting panel* paving payday payroll pest pharma* phones \
    photograph* physio* pills pipes plombier* plumb* poker pools pozycjonowanie praxis* prices pricing printing \
    products propert* psychic pvc pvt rachat ranking* realt* recruit* reformas rehab reinigung* remodel* removal* \
    renov* rent rental rentals renting repair* reparatur* replica* resort* restaurant* restoration reviews roof* \
    rummy safari sale sales salon sanitär* schlüsseldienst* security seguros seo serrurier* service services \
    servicio* serviço* shed sheds shipping shirts shoes shop shops siding signage sklep* slots smm sneakers sofa \
    sofas software solar solicitor* solutions spa staffing steel steuerberat* storage store stores streaming \
    sunglasses suppl* surgeon* surgery sweepstake* swimming system systems tarot tattoo* tax taxi* temizlik* therap* \
    tickets tienda* tiling togel tours towing trailer* training transplant transport* traslochi* travel* treatment* \
    tuition tutor* umzug* umzüge usługi vacation* vape* vendita vendor* venta versicherung* viagra villa villas visa \
    visas voyance vpn warehouse* watches web website* wedding* weightloss welding wholesale* wig wigs windows \
    writers writing yoga zahnarzt* électricien* автосервис* бухгалтер* двери доставка займ* казино клиник* кредит* \
    курсы магазин* мебель недвижимост* окна перевозк* потолки продвижени* ремонт* сайт* стоматолог* строительств* \
    такси туры услуги установка юрист*";

/// By hash, whether it is a beginning.
static TRADES: LazyLock<HashMap<u64, bool, IdentityState>> = LazyLock::new(|| {
    let by_hash = |word: &str| (hash_chars(word.trim_end_matches('*')), word.ends_with('*'));
    WORDS.split_whitespace().map(by_hash).collect()
});

/// Whether a word of a name stands for a business.
pub(super) fn is_trade(word: &[Folded]) -> bool {
    let mut hash = START;
    word.iter().enumerate().any(|(index, folded)| {
        hash = push(hash, u64::from(folded.character));
        TRADES.get(&hash).is_some_and(|&is_beginning| is_beginning || index + 1 == word.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::folding::fold;

    fn has_trade(name: &str) -> bool {
        let mut folded = Vec::new();
        fold(name, &mut folded);
        folded.split(|folded| !folded.in_word).any(is_trade)
    }

    #[test]
    fn a_business_is_told_from_a_person() {
        for name in ["Roof Repair Austin", "cheap flights", "ремонт квартир", "Umzüge Berlin", "DENTISTS"]
        {
            assert!(has_trade(name), "{name}");
        }
        for name in ["Ruth Abara", "hiking_tom", "Christy Bautista", "Ольга", "", "Epic Gaming"] {
            assert!(!has_trade(name), "{name}");
        }
    }
}
