/* Words and numbers of the retailer: facts of the prototype (categories with
 * their prices, countries with their shares, cities, sources, triggers), and
 * names of our own. */
#include "retail.h"

const struct retail_category retail_categories[RETAIL_CATEGORIES] = {
	{ "Living Room", 200, 2500, { "Corner Sofa", "Armchair", "Coffee Table",
	  "TV Bench", "Bookcase", "Footstool", "Sideboard", "Sofa Bed" } },
	{ "Bedroom", 150, 1800, { "Double Bed", "Single Bed", "Wardrobe",
	  "Nightstand", "Chest of Drawers", "Mattress", "Dressing Table",
	  "Bed Frame" } },
	{ "Kitchen & Dining", 100, 1500, { "Dining Table", "Dining Chairs",
	  "Kitchen Island", "Bar Stools", "Cupboard", "Serving Cart", "Bench",
	  "Glass Cabinet" } },
	{ "Office", 150, 1200, { "Desk", "Standing Desk", "Office Chair",
	  "Filing Cabinet", "Bookshelf", "Meeting Table", "Desk Drawers",
	  "Reading Chair" } },
	{ "Storage & Organization", 30, 400, { "Shelf Unit", "Storage Box Set",
	  "Shoe Rack", "Coat Stand", "Wall Shelf", "Basket Set",
	  "Drawer Insert", "Garment Rack" } },
	{ "Bathroom", 50, 600, { "Vanity", "Mirror Cabinet", "Towel Rail",
	  "Laundry Basket", "Bath Shelf", "Wash Stand", "Tall Cabinet",
	  "Bath Stool" } },
	{ "Outdoor", 100, 1200, { "Garden Table", "Lounge Chair", "Parasol",
	  "Garden Bench", "Hammock", "Balcony Set", "Planter Set",
	  "Fire Bowl" } },
	{ "Lighting", 20, 300, { "Floor Lamp", "Table Lamp", "Pendant",
	  "Wall Lamp", "Spotlight Set", "String Lights", "Desk Lamp",
	  "Chandelier" } },
	{ "Textiles", 10, 150, { "Cushion", "Curtains", "Bed Linen", "Throw",
	  "Towel Set", "Tablecloth", "Small Rug", "Bath Mat" } },
	{ "Decoration", 15, 200, { "Vase", "Picture Frame", "Wall Clock",
	  "Candle Holder", "Mirror", "Poster", "Plant Pot", "Bowl" } },
};

const char *const retail_countries[RETAIL_COUNTRIES] = { "United States",
	"United Kingdom", "Canada", "Australia" };

const double retail_shares[RETAIL_COUNTRIES] = { 0.40, 0.25, 0.20, 0.15 };

const struct retail_city retail_cities[RETAIL_CITIES] = {
	{ "New York", 0 }, { "Los Angeles", 0 }, { "Chicago", 0 },
	{ "Houston", 0 }, { "Phoenix", 0 }, { "Seattle", 0 },
	{ "London", 1 }, { "Manchester", 1 }, { "Birmingham", 1 },
	{ "Glasgow", 1 }, { "Edinburgh", 1 },
	{ "Toronto", 2 }, { "Vancouver", 2 }, { "Montreal", 2 },
	{ "Calgary", 2 }, { "Ottawa", 2 },
	{ "Sydney", 3 }, { "Melbourne", 3 }, { "Brisbane", 3 },
	{ "Perth", 3 }, { "Adelaide", 3 },
};

const char *const retail_sources[RETAIL_SOURCES] = { "organic_search",
	"paid_search", "social_media", "email_campaign", "referral", "direct",
	"display_ads", "affiliate" };

const char *const retail_names[RETAIL_NAMES] = { "Ada", "Alma", "Anton",
	"Aria", "Ben", "Bruno", "Carla", "Cleo", "Dina", "Edgar", "Elif",
	"Emil", "Erik", "Fay", "Finn", "Gina", "Hanna", "Hugo", "Ida", "Ivan",
	"Jana", "Jonas", "Kira", "Leo", "Lina", "Mara", "Milo", "Nora", "Otto",
	"Paula", "Quinn", "Rosa", "Sami", "Tara", "Uma", "Vito", "Yara" };

const char *const trigger_names[TRIGGERS] = { "discount", "bundling",
	"free_shipping", "cashback", "scarcity", "exclusivity",
	"social_proof", "content", "newsletter" };

const char *const deed_names[DEEDS] = { "page_view", "product_view",
	"add_to_cart", "remove_from_cart", "add_to_wishlist", "search",
	"category_browse", "filter_applied", "review_read",
	"room_planner_used", "ar_view", "stock_check", "store_locator",
	"purchase" };
