/**
 * The body, front and back, drawn by us on 200 × 440. Paired parts are drawn once, on the viewer's left, and mirrored
 * about the middle. Seen from the front, the viewer's left is the athlete's right; seen from the back it is the left.
 */
import type { Region } from '../../bridge/bridge';

export interface Shape {
  path: string;
  /** Which region it is; none: only there so that it is a body. */
  region?: Region;
  mirrored?: boolean;
}

const NECK_SHOULDERS =
  'M91 56C91 68 84 72 70 76C56 80 47 86 45 102C52 99 60 97 68 96C80 94 90 95 100 96C110 95 120 94 132 96C140 97 148 99 155 102C153 86 144 80 130 76C116 72 109 68 109 56C104 60 96 60 91 56Z';
const CHEST =
  'M68 100C80 98 92 99 100 100C108 99 120 98 132 100C137 110 138 124 134 138C124 146 110 147 100 144C90 147 76 146 66 138C62 124 63 110 68 100Z';
const ABDOMEN =
  'M67 144C78 151 90 152 100 149C110 152 122 151 133 144C131 160 129 172 131 186C132 196 134 204 135 212C124 220 112 224 100 224C88 224 76 220 65 212C66 204 68 196 69 186C71 172 69 160 67 144Z';
const UPPER_BACK =
  'M68 100C80 98 92 99 100 100C108 99 120 98 132 100C137 112 137 134 133 158C122 163 110 164 100 164C90 164 78 163 67 158C63 134 63 112 68 100Z';
const LOWER_BACK =
  'M68 163C78 168 90 169 100 169C110 169 122 168 132 163C131 176 131 190 134 204C124 210 112 212 100 212C88 212 76 210 66 204C69 190 69 176 68 163Z';
const ARM =
  'M44 107C50 103 57 101 62 101C60 116 60 128 58 140C57 154 54 168 49 184C47 196 45 204 43 212L28 209C29 197 31 184 34 170C35 156 36 142 37 130C38 120 40 113 44 107Z';
const HAND = 'M27 214L42 217C43 228 41 238 36 243C31 246 27 240 26 232C25 226 26 220 27 214Z';
const HEAD = 'M100 10C113 10 120 20 120 33C120 46 111 57 100 57C89 57 80 46 80 33C80 20 87 10 100 10Z';
const THIGH_FRONT =
  'M64 217C74 224 86 228 97 229C98 246 97 262 95 280C93 290 92 298 91 304C84 308 76 308 70 304C67 290 62 274 61 256C60 242 61 230 64 217Z';
const SHIN =
  'M72 341C77 344 84 344 89 341C92 352 91 366 88 380C86 392 85 402 85 411L75 411C75 400 73 388 71 376C68 362 69 350 72 341Z';
const GLUTE = 'M65 209C76 215 88 217 99 217C99 228 99 236 98 242C88 247 72 246 62 240C61 229 62 219 65 209Z';
const THIGH_BACK =
  'M62 246C72 251 88 252 97 248C97 262 96 276 94 288C93 296 92 301 91 304C84 308 77 308 70 304C66 292 62 280 61 264C61 258 61 252 62 246Z';
const KNEE = 'M70 309C76 312 85 312 91 309C93 318 92 328 89 336C83 339 77 339 72 336C69 327 68 318 70 309Z';
const CALF =
  'M71 341C77 344 85 344 91 341C95 352 94 367 90 380C87 392 85 402 85 411L75 411C75 400 72 388 69 378C66 363 67 351 71 341Z';
const FOOT = 'M74 415L86 415C88 422 88 430 84 433C78 436 68 434 66 430C67 424 72 420 74 415Z';

/** A paired part on both sides; `left` is the region on the viewer's left. */
function pair(path: string, left?: Region, right?: Region): Shape[] {
  return [
    { path, ...(left && { region: left }) },
    { path, mirrored: true, ...(right && { region: right }) },
  ];
}

/** The figure that faces the viewer. */
export const FRONT: readonly Shape[] = [
  { path: HEAD },
  ...pair(HAND),
  ...pair(FOOT),
  ...pair(SHIN),
  { path: NECK_SHOULDERS, region: 'neck_shoulders' },
  { path: CHEST, region: 'chest' },
  { path: ABDOMEN, region: 'abdomen' },
  ...pair(ARM, 'right_arm', 'left_arm'),
  ...pair(THIGH_FRONT, 'right_thigh_front', 'left_thigh_front'),
  ...pair(KNEE, 'right_knee', 'left_knee'),
];

/** The figure that turns its back. */
export const BACK: readonly Shape[] = [
  { path: HEAD },
  ...pair(HAND),
  ...pair(FOOT),
  ...pair(GLUTE),
  { path: NECK_SHOULDERS, region: 'neck_shoulders' },
  { path: UPPER_BACK, region: 'upper_back' },
  { path: LOWER_BACK, region: 'lower_back' },
  ...pair(ARM, 'left_arm', 'right_arm'),
  ...pair(THIGH_BACK, 'left_thigh_back', 'right_thigh_back'),
  ...pair(KNEE, 'left_knee', 'right_knee'),
  ...pair(CALF, 'left_calf', 'right_calf'),
];
