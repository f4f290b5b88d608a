// --- the sites of the plan, as both pages know them ---------------------------------------------

const KINDS = ["zone", "cluster"];
const sites = data.sites;
const siteById = new Map(sites.map((site) => [site.id, site]));
const districtByFeature = new Map(data.districts.map((district) => [district.feature, district]));

for (const site of sites) {
  site.hectares = Number(site.stated_ha);
  site.isVague = site.known_by.length > 0 && site.known_by.every((way) => way.basis === "district_only");
}
