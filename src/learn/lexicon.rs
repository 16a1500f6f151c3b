//! Words by what they do in a comment, so that "see my new track" is near "check out our latest video".
//!
//! A class is no judgement: every one of these words is ordinary by itself. The learned weights say
//! which company of classes is unusual. The lists are written for this project.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::hashing::{IdentityState, hash_chars};

/// What a word does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum WordClass {
    /// Asks to look, listen or go somewhere.
    Look = 1,
    /// Subscribing and following.
    Subscribe,
    /// Something of the writer's own.
    Mine,
    /// The writer.
    Me,
    /// Videos, songs, channels.
    Media,
    /// Places on the web.
    Web,
    /// Speaks to everybody.
    Greeting,
    /// Begs.
    Please,
    /// Gifts and prizes.
    Free,
    /// Money and what brings it.
    Money,
    /// Likes, votes, shares.
    Vote,
    /// Just made.
    New,
    /// Gratitude.
    Thanks,
    /// Ways to get in touch.
    Contact,
    /// Sex and dating.
    Adult,
    /// Buying, selling, betting, medicines.
    Shop,
    /// Hurry.
    Urgent,
    /// Work and courses.
    Work,
    /// Praise that fits any page.
    Praise,
    /// What such praise is given to.
    Page,
    /// Cures, spells, testimonies.
    Testimony,
    /// Chances and dreams.
    Dream,
}

impl WordClass {
    /// How many there are, counting from 1.
    pub const COUNT: usize = Self::Dream as usize;
}

/// Whole words, or beginnings when they end in `*`.
const WORDS: &[(WordClass, &str)] = &[
    (
        WordClass::Look,
        "check checkout chek checked checking visit visiting watch watching view listen listening look see click \
         search google download try come stop peek browse discover explore посмотр* смотри* загляни* зацени* \
         перейди* переход* жми* mira visita visiten schau besuche* regarde* visitez",
    ),
    (
        WordClass::Subscribe,
        "subscribe sub subs suscribe subcribe subscrib* follow followers following unsubscribe s4s sub4sub f4f \
         follow4follow suscrib* abonnier* abonnez* подпис* присоедин* вступа* вступи* join joining",
    ),
    (
        WordClass::Mine,
        "my our mine ours мой моя моё мои моем моём наш наша наше наши нашем mi mein meine mon notre",
    ),
    (WordClass::Me, "me us i im i'm ive i've i'd we we're we've я мы нас меня"),
    (
        WordClass::Media,
        "channel channels chanel video videos vid vids song songs track tracks cover covers rap raps rapper music \
         musician mixtape album albums beat beats remix remixes vlog vlogs vlogger clip clips playlist gaming \
         gameplay gamer tutorial tutorials band singer dubstep producer edm single demo parody animation \
         animations podcast stream streamer twitch canal видео ролик* видос* трек музык* стрим*",
    ),
    (
        WordClass::Web,
        "page website websites webpage site sites web profile app apps link links facebook instagram insta \
         twitter snapchat soundcloud fb youtube tiktok bio kickstarter gofundme patreon onlyfans url http https \
         www com канал* ссылк* сайт* бот боте бота чат чате групп* телеграм* инстаграм* telegram whatsapp discord",
    ),
    (
        WordClass::Greeting,
        "guys everyone everybody people friends friend folks hey hi hello hallo dear yo peeps anyone somebody \
         someone привет* здравств* друзья коллеги дорогие доброго добрый всем hola hallo bonjour members",
    ),
    (WordClass::Please, "please plz pls plzz pleasee plss plzzz pleaz пожалуйста bitte porfavor kindly"),
    (
        WordClass::Free,
        "free win won winner winners winning prize prizes gift gifts giveaway bonus award awarded reward rewards \
         cash claim guaranteed guarantee voucher vouchers code codes promo discount offer offers deal deals \
         congratulations selected entitled lottery jackpot бесплатн* подар* бонус* розыгрыш* приз промокод* \
         гарант* gratis kostenlos gratuit",
    ),
    (
        WordClass::Money,
        "money earn earned earning earnings profit profits profitable income invest invested investing investment \
         investor dollars bucks bitcoin bitcoins btc crypto cryptocurrency paypal pay paid payout salary trading \
         trader trade forex broker usdt eth nft token tokens $ £ € ₽ wallet withdrawal withdraw deposit loan loans \
         credit funds refund recovery recovered roi passive rich заработ* доход* деньг* денег инвест* прибыл* \
         крипт* руб рублей доллар* оплат* зарплат* зп вклад* выплат* dinero ganar geld verdienen argent",
    ),
    (
        WordClass::Vote,
        "like likes thumbs thumb upvote upvotes share shares vote votes voting comment comments rate retweet \
         support repost лайк* репост* голосу*",
    ),
    (
        WordClass::New,
        "new latest first upcoming newest recently started launch launched launching новый новая новое",
    ),
    (
        WordClass::Thanks,
        "thanks thank thankyou appreciate appreciated grateful thx tnx спасибо благодар* gracias danke merci",
    ),
    (
        WordClass::Contact,
        "call text txt reply send msg message mobile contact dm inbox email mail phone sms pm number ring \
         landline пиши пишите напиши* лс личк* личные личным обращ* связ* звони* сообщени* жду plus +",
    ),
    (
        WordClass::Adult,
        "sexy xxx dating singles adult girls horny porn sex cam webcam chat nude naked nudes hookup escort escorts \
         milf tits 18+ интим* секс* эскорт* знакомств* девушк* фоточ* фотк*",
    ),
    (
        WordClass::Shop,
        "buy buying sale sales shop shopping cheap cheapest order price prices shipping store product products brand \
         t-shirt shirts clothing selling sell replica casino casinos poker bet bets betting odds slots viagra \
         cialis pills supplement supplements weight diet keto seo backlinks traffic ranking rankings insurance \
         mortgage essay essays escort outlet handbags sunglasses jerseys repair plumber roofing locksmith \
         ставк* ставим выигр* казино букмек* продаж* продам куплю купить цен* скидк* заказ* тотал* прогноз* \
         товар* магазин*",
    ),
    (
        WordClass::Urgent,
        "urgent now today limited hurry expires immediately instantly asap soon срочно сейчас сегодня ограничен*",
    ),
    (
        WordClass::Work,
        "home work job jobs hours hour week weekly daily month monthly per day online training course webinar hiring \
         vacancy remote part-time работ* удален* удалён* вакан* подработ* сотрудн* график* обучен* обучающ* курс* \
         партн* кандидат* набор набира* команд* специал* консульт* стаж* проект* сфер* занятост* часа часов",
    ),
    (
        WordClass::Praise,
        "great nice awesome excellent amazing wonderful fantastic superb brilliant informative helpful useful \
         valuable insightful interesting impressive outstanding terrific fabulous good best perfect love loved \
         enjoyed impressed bookmark bookmarked bookmarking",
    ),
    (
        WordClass::Page,
        "post posts article articles blog blogs weblog information info content writing writer write-up writeup \
         blogger blogging sharing author piece paragraph theme layout webmaster rss feed topic subject readers",
    ),
    (
        WordClass::Testimony,
        "spell spells caster lover ex husband wife marriage reunite herbal herbs cure cured doctor dr prophet \
         testimony testify hacker hackers genuine legit certified agent scammed scam",
    ),
    (
        WordClass::Dream,
        "help chance dream dreams talent talented opportunity opportunities life change success \
                        successful freedom future возможност* мечт* успех* жизн*",
    ),
];

struct Lexicon {
    whole: HashMap<u64, WordClass, IdentityState>,
    beginnings: HashMap<u64, WordClass, IdentityState>,
    /// A bit for each hash in either: nearly all words are told apart without looking them up.
    sieve: Box<[u64; SIEVE_BITS / 64]>,
}

const SIEVE_BITS: usize = 1 << 15;

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let (whole, beginnings, sieve) = (HashMap::default(), HashMap::default(), Box::new([0; SIEVE_BITS / 64]));
    let mut lexicon = Lexicon { whole, beginnings, sieve };
    for &(class, words) in WORDS {
        for word in words.split_whitespace() {
            let hash = hash_chars(word.trim_end_matches('*'));
            let words = if word.ends_with('*') { &mut lexicon.beginnings } else { &mut lexicon.whole };
            words.entry(hash).or_insert(class);
            lexicon.sieve[sieve_bit(hash) / 64] |= 1 << (sieve_bit(hash) % 64);
        }
    }
    lexicon
});

fn sieve_bit(hash: u64) -> usize {
    (hash >> 32) as usize % SIEVE_BITS
}

impl Lexicon {
    fn may_have(&self, hash: u64) -> bool {
        self.sieve[sieve_bit(hash) / 64] >> (sieve_bit(hash) % 64) & 1 == 1
    }
}

/// The shortest beginning that is looked up, in characters, and how many are from there on.
pub(super) const SHORTEST_BEGINNING: usize = 3;
pub(super) const BEGINNINGS: usize = 7;

/// The class of the word with this hash, given the hashes of its beginnings.
pub(super) fn class_of(word: u64, beginnings: &[u64]) -> Option<WordClass> {
    let lexicon = &*LEXICON;
    let whole = if lexicon.may_have(word) { lexicon.whole.get(&word) } else { None };
    let beginnings = || beginnings.iter().rev().filter(|&&beginning| lexicon.may_have(beginning));
    whole.or_else(|| beginnings().find_map(|beginning| lexicon.beginnings.get(beginning))).copied()
}
