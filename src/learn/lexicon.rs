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
    /// How many look, like and follow.
    Audience,
    /// Accounts, parcels and payments that are said to be in trouble.
    Account,
    /// The small print of what is advertised.
    Terms,
    /// The reader.
    You,
    /// Other people.
    They,
    /// What may not be sold.
    Illicit,
}

impl WordClass {
    /// How many there are, counting from 1.
    pub const COUNT: usize = Self::Illicit as usize;
}

/// Whole words, or beginnings when they end in `*`.
const WORDS: &[(WordClass, &str)] = &[
    (
        WordClass::Look,
        "check checkout chek checked checking visit visiting watch watching view listen listening look see click \
         search google download try come stop peek browse discover explore tap swipe посмотр* смотри* загляни* \
         зацени* перейди* переход* жми* заход* mira miren visita visiten pasen entra entren escuch* schau schaut besuch* \
         klick* hört regarde* visitez allez cliquez écoutez clicca guarda* visitate veja acesse confira zobacz \
         sprawdź klik* kijk bekijk izle* tıkla* kunjungi dekho",
    ),
    (
        WordClass::Subscribe,
        "subscribe sub subs suscribe subcribe sucscribe subscrib* follow followers following unsubscribe s4s sub4sub f4f \
         follow4follow suscr* abonnier* abonnez* abonnement abo inscrev* inscreve iscriv* iscrivetevi subskryb* \
         sígueme seguime siganme folgt suivez volg abone подпис* підпис* присоедин* вступа* вступи* join joining",
    ),
    (
        WordClass::Mine,
        "my our mine ours mah мой моя моё мои моем моём наш наша наше наши нашем мій mi mis mío nuestro nuestra mein \
         meine meinen meinem meiner unser unsere mon mes notre nos meu minha nosso nossa mio mia nostro mój moje \
         mijn onze benim kanalıma kanalima mera meri",
    ),
    (
        WordClass::Me,
        "me us i im i'm ive i've i'd we we're we've i'll ill we'll я мы нас меня ich wir mir mich uns yo nosotros je nous \
         moi eu nós io noi ja ik wij",
    ),
    (
        WordClass::Media,
        "channel channels chanel chanell video videos vid vids vidz song songs track tracks cover covers rap raps rapper \
         rappers music musician mixtape album albums beat beats remix remixes vlog vlogs vlogger clip clips playlist \
         gaming gameplay gameplays gamer tutorial tutorials band singer dubstep producer edm single demo parody \
         animation animations podcast stream streamer twitch montage prank pranks skit canal canale kanal \
         kanał kanaal chaîne kênh lied musik música musique vídeo vídeos видео відео ролик* видос* трек музык* \
         стрим*",
    ),
    (
        WordClass::Web,
        "page website websites webpage homepage site sites web profile app apps link links facebook instagram insta \
         twitter snapchat snap soundcloud fb youtube tiktok bio kickstarter gofundme patreon onlyfans url http https \
         www com blogspot wordpress spotify itunes página pagina seite webseite enlace lien sito strona profil \
         perfil канал* ссылк* посилан* сайт* бот боте бота чат чате групп* телеграм* инстаграм* telegram discord",
    ),
    (
        WordClass::Greeting,
        "guys everyone everybody people friends friend folks hey hi hello hallo dear peeps anyone somebody \
         someone sir madam dears greetings привет* привіт здравств* друзья коллеги дорогие доброго добрый всем всім hola \
         chicos amigos leute freunde bonjour salut coucou olá oi galera pessoal ciao ragazzi cześć hoi merhaba \
         arkadaşlar namaste dosto halo members",
    ),
    (
        WordClass::Please,
        "please plz pls plzz pleasee plss plzzz pleaz пожалуйста bitte porfavor porfa favor kindly svp plaît lütfen \
         proszę tolong",
    ),
    (
        WordClass::Free,
        "free win won winner winners winning prize prizes gift gifts giveaway giveaways bonus award awarded reward \
         rewards cash claim guaranteed guarantee voucher vouchers code codes promo discount offer offers deal deals \
         congratulations congrats selected entitled eligible lottery jackpot coupon coupons freebie freebies raffle \
         бесплатн* безкоштовн* подар* дарю бонус* розыгрыш* приз промокод* гарант* gratis gratuit gratuite kostenlos \
         verschenke gewinn* gutschein* rabatt* premio ganaste ganador sorteo regalo descuento descuentos cadeau gagné \
         remise grátis prêmio desconto sconto omaggio darmow* rabat nagroda korting ücretsiz bedava indirim hadiah",
    ),
    (
        WordClass::Money,
        "money earn earned earning earnings profit profits profitable income invest invested investing investment \
         investor investors dollars bucks quid bitcoin bitcoins btc crypto cryptocurrency paypal pay paid payout salary \
         trading trader traders trade forex broker usdt eth nft token tokens $ £ € ₽ wallet withdrawal withdraw deposit \
         loan loans lender lending credit funds refund recovery recovered recover roi passive rich cashapp coin coins \
         staking airdrop presale заработ* зарабат* заробіт* доход* дохід деньг* денег гроші инвест* прибыл* крипт* руб \
         рублей гривень доллар* баксов оплат* зарплат* зп вклад* выплат* кредит* займ* юсдт dinero ganar gana \
         ganancia* inversi* invertir préstamo* plata geld verdien* kredit* darlehen argent gagne* prêt revenu \
         investissement dinheiro ganhe ganhar renda empréstimo* soldi guadagn* prestit* pieniądze zarabia* pożyczk* \
         lening verdienen kazan* kredi uang gaji paise kamao",
    ),
    (
        WordClass::Vote,
        "like likes thumbs thumb upvote upvotes share shares vote votes voting comment comments rate retweet rt \
         support repost petition лайк* репост* голосу* likez partagez teilt teilen comparte compartan curte curtam",
    ),
    (
        WordClass::New,
        "new latest first upcoming newest recently started launch launched launching новый новая новое новых nuevo nueva \
         neu neue neues neuer nouveau nouvelle novo nova nuovo nuova nowy nowa yeni baru",
    ),
    (
        WordClass::Thanks,
        "thanks thank thankyou appreciate appreciated grateful thx tnx спасибо дякую благодар* gracias danke dank merci \
         obrigado obrigada grazie dzięki dziękuję bedankt teşekkür* terima",
    ),
    (
        WordClass::Contact,
        "call text txt reply send msg message mobile contact dm inbox email mail phone sms pm number ring whatsapp whats \
         landline dial wechat skype viber imo hangouts tel ватсап* вайбер* пиши пишите напиши* пишіть лс личк* личные \
         личным особисті приват обращ* связ* звони* сообщени* жду plus + escríb* escrib* contáct* contacta* llama \
         llame schreib* kontakt* ruf anruf* contactez écrivez appelez contato chama zap contatt* scrivi* napisz zadzwoń \
            hubungi 微信 加微",
    ),
    (
        WordClass::Adult,
        "sexy xxx dating singles adult girls horny porn sex cam webcam chat nude naked nudes hookup escort escorts \
         milf tits 18+ lonely flirt naughty uncensored leaked sugar hottest babes интим* секс* эскорт* знакомств* \
         девушк* фоточ* фотк* проститут* chicas mujeres frauen femmes rencontre* mulheres",
    ),
    (
        WordClass::Shop,
        "buy buying sale sales shop shopping cheap cheapest cheaper order price prices shipping store product products \
         brand t-shirt shirts clothing selling sell replica casino casinos poker bet bets betting odds slots slot viagra \
         cialis pills supplement supplements weight diet keto gummies seo backlinks traffic ranking rankings insurance \
         mortgage essay essays assignment outlet handbags sunglasses jerseys repair plumber roofing locksmith movers \
         packers cleaning services service affordable wholesale supplier suppliers manufacturer marketing agency \
          rummy subscription iptv vpn hosting ставк* ставим выигр* казино букмек* продаж* продам куплю \
         купить цен* скидк* заказ* тотал* прогноз* товар* магазин* compra comprar vendo venta barato baratos precio \
         oferta ofertas kaufen günstig* billig* verkauf* preis* acheter vendre prix vendas compre \
         comprare prezzi scommess* kupić tanie sprzeda* kopen goedkoop satılık ucuz jual murah judi togel bahis",
    ),
    (
        WordClass::Urgent,
        "urgent urgently now today limited hurry expires expire immediately instantly instant asap soon tonight \
         deadline срочно терміново сейчас сегодня ограничен* hoy ahora jetzt heute sofort maintenant aujourd'hui vite \
         hoje agora oggi subito teraz dziś",
    ),
    (
        WordClass::Work,
        "home work job jobs hour hours week weekly daily day month monthly per online training course webinar hiring \
         vacancy vacancies remote part-time freelance recruit recruiting работ* робот* удален* удалён* віддален* вакан* \
         подработ* сотрудн* график* обучен* обучающ* обучу курс* партн* кандидат* набор набира* команд* специал* \
         консульт* стаж* проект* сфер* занятост* часа часов trabajo trabaja casa arbeit nebenjob travail \
         télétravail trabalho lavoro praca pracę werk iş kerja curso masterclass",
    ),
    (
        WordClass::Praise,
        "great nice awesome excellent amazing wonderful fantastic superb brilliant informative helpful useful \
         valuable insightful interesting impressive outstanding terrific fabulous magnificent remarkable exceptional \
         fastidious marvelous good best perfect love loved enjoyed impressed bookmark bookmarked bookmarking toller \
         tolle guter excelente genial super génial ottimo świetny",
    ),
    (
        WordClass::Page,
        "post posts article articles blog blogs weblog information info content writing writer write-up writeup \
         blogger blogging sharing author piece paragraph theme layout webmaster rss feed topic subject readers beitrag \
         artikel artículo publicación artigo articolo wpis",
    ),
    (
        WordClass::Testimony,
        "spell spells caster lover ex husband wife marriage reunite herbal herbs cure cured doctor dr prophet \
         testimony testify hacker hackers genuine legit legitimate certified agent scammed scam expert mentor mrs \
         marabout voyant brujo amarre* retour гадани* гадаю порч* приворот*",
    ),
    (
        WordClass::Dream,
        "help chance dream dreams talent talented opportunity opportunities life change success successful freedom \
         future возможност* мечт* успех* жизн* ayuda apoyo apoyen hilfe aide",
    ),
    (
        WordClass::Audience,
        "views viewed viewers viewer subscribers subscriber subscribed million millions billion billions dislikes \
         dislike watched просмотр* подписчик* vistas aufrufe vues visualizações",
    ),
    (
        WordClass::Account,
        "account accounts bank verify verification confirm suspended blocked locked expired delivery parcel \
         package update security login password card billing invoice payment transaction customer tax kyc fee fees \
         cuenta paquete konto paket compte colis conta pacote conto pacco счет* карт* посылк* банк*",
    ),
    (
        WordClass::Terms,
        " optout t&cs t&c tcs terms apply 18 ppm 000p 000ppm p/min per/min box po std rates cost costs charged \
         min opt end unsub tone tones ringtone ringtones poly polyphonic camcorder wkly nokia freemsg",
    ),
    (
        WordClass::You,
        "you your u ur yours yourself ya тебе вам вас ваш* твой тебя du dein deine ihr euch sie tu tus te vous votre vos você seu tuo",
    ),
    (
        WordClass::They,
        "he she they him her his their them hers himself herself он она они его ее её их él ella ellos er seine ihre il \
         elle ils sa ele ela lui lei",
    ),
    (
        WordClass::Illicit,
        "passport passports counterfeit cloned diploma diplomas license licence ielts cvv fullz dumps steroids xanax \
         tramadol adderall pharmacy prescription hack hacked cracked keygen crack torrent диплом* паспорт* права \
         справк* вещества закладк* фальшив* подделк* führerschein permis",
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
