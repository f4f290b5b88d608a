// --- degrees to the plan's grid and back: the operation PROJ uses, with the numbers PROJ gives ---

const SECONDS = Math.PI / 180 / 3600;
const RADIANS = Math.PI / 180;

// Both ways between WGS 84 in degrees and the grid in metres, easting first.
function gridOf(system) {
  const from = ellipsoid(system.ellipsoid);
  const onto = ellipsoid(system.geographic_ellipsoid);
  const plane = transverseMercator(system, from);
  const shift = system.shift && datumShift(system.shift);
  const toGrid = (lon, lat) => {
    const here = [lon * RADIANS, lat * RADIANS];
    return plane.forward(...(shift ? geographic(shift.inverse(cartesian(here, onto)), from) : here));
  };
  const toDegrees = (east, north) => {
    const there = plane.inverse(east, north);
    const [lon, lat] = shift ? geographic(shift.forward(cartesian(there, from)), onto) : there;
    return [lon / RADIANS, lat / RADIANS];
  };
  return { toGrid, toDegrees };
}

function ellipsoid({ semi_major_m: a, inverse_flattening: inverse }) {
  const f = inverse ? 1 / inverse : 0;
  return { a, f, e2: f * (2 - f), n: f / (2 - f) };
}

// Krüger's series to the fourth order (Karney 2011, eq. 35 and 36): far below a millimetre here.
function transverseMercator(system, { a, e2, n }) {
  const e = Math.sqrt(e2);
  const [n2, n3, n4] = [n ** 2, n ** 3, n ** 4];
  const alpha = [
    n / 2 - (2 / 3) * n2 + (5 / 16) * n3 + (41 / 180) * n4,
    (13 / 48) * n2 - (3 / 5) * n3 + (557 / 1440) * n4,
    (61 / 240) * n3 - (103 / 140) * n4,
    (49561 / 161280) * n4,
  ];
  const beta = [
    n / 2 - (2 / 3) * n2 + (37 / 96) * n3 - n4 / 360,
    n2 / 48 + n3 / 15 - (437 / 1440) * n4,
    (17 / 480) * n3 - (37 / 840) * n4,
    (4397 / 161280) * n4,
  ];
  const radius = system.scale * (a / (1 + n)) * (1 + n2 / 4 + n4 / 64);
  const origin = system.central_meridian * RADIANS;
  const conformal = (tan) => {
    const sigma = Math.sinh(e * Math.atanh((e * tan) / Math.hypot(1, tan)));
    return tan * Math.hypot(1, sigma) - sigma * Math.hypot(1, tan);
  };
  const series = (terms, xi, eta, sign) => terms.reduce(([north, east], term, place) => {
    const twice = 2 * (place + 1);
    return [
      north + sign * term * Math.sin(twice * xi) * Math.cosh(twice * eta),
      east + sign * term * Math.cos(twice * xi) * Math.sinh(twice * eta),
    ];
  }, [xi, eta]);
  const onGlobe = (lon, lat) => {
    const tan = conformal(Math.tan(lat));
    const away = lon - origin;
    return series(alpha, Math.atan2(tan, Math.cos(away)), Math.asinh(Math.sin(away) / Math.hypot(tan, Math.cos(away))), 1);
  };
  const start = onGlobe(origin, system.latitude_of_origin * RADIANS)[0];
  return {
    forward(lon, lat) {
      const [north, east] = onGlobe(lon, lat);
      return [system.false_easting_m + radius * east, system.false_northing_m + radius * (north - start)];
    },
    inverse(east, north) {
      const [xi, eta] = series(beta, (north - system.false_northing_m) / radius + start, (east - system.false_easting_m) / radius, -1);
      const wanted = Math.sin(xi) / Math.hypot(Math.sinh(eta), Math.cos(xi));
      let tan = wanted;
      for (let step = 0; step < 5; step += 1) {
        const now = conformal(tan);
        tan += ((wanted - now) / Math.hypot(1, now)) * ((1 + (1 - e2) * tan ** 2) / ((1 - e2) * Math.hypot(1, tan)));
      }
      return [origin + Math.atan2(Math.sinh(eta), Math.cos(xi)), Math.atan(tan)];
    },
  };
}

function cartesian([lon, lat], { a, e2 }) {
  const radius = a / Math.sqrt(1 - e2 * Math.sin(lat) ** 2);
  return [radius * Math.cos(lat) * Math.cos(lon), radius * Math.cos(lat) * Math.sin(lon), radius * (1 - e2) * Math.sin(lat)];
}

// Latitude by fixed point: near the ellipsoid each step wins more than two decimals.
function geographic([x, y, z], { a, e2 }) {
  const across = Math.hypot(x, y);
  let lat = Math.atan2(z, across * (1 - e2));
  for (let step = 0; step < 7; step += 1) {
    const radius = a / Math.sqrt(1 - e2 * Math.sin(lat) ** 2);
    lat = Math.atan2(z + e2 * radius * Math.sin(lat), across);
  }
  return [Math.atan2(y, x), lat];
}

// Seven parameters, coordinate-frame convention, small angles: as PROJ's helmert has it.
function datumShift({ x_m: x, y_m: y, z_m: z, rx_seconds: rx, ry_seconds: ry, rz_seconds: rz, scale_ppm: ppm }) {
  const [p, q, r] = [rx * SECONDS, ry * SECONDS, rz * SECONDS];
  const scale = 1 + ppm / 1e6;
  return {
    forward: ([a, b, c]) => [
      x + scale * (a + r * b - q * c),
      y + scale * (-r * a + b + p * c),
      z + scale * (q * a - p * b + c),
    ],
    inverse([east, north, up]) {
      const [a, b, c] = [(east - x) / scale, (north - y) / scale, (up - z) / scale];
      return [a - r * b + q * c, r * a + b - p * c, -q * a + p * b + c];
    },
  };
}
