/** Text of the demo lessons: [Chinese title, English title, icon, [[Chinese line, English line], …]]. */
const slide = (zh, en, icon, ...lines) => ({ zh, en, icon, lines });

const danger = [
  slide('触电的危险', 'How electricity harms', 'bolt', ['电流通过人体才会伤人', 'Current through the body does the harm'], ['50 mA 以上即可致命', 'Above 50 mA it can kill'], ['本课约一分钟', 'This lesson takes about a minute']),
  slide('电流从哪里走', 'The path of the current', 'hand', ['手到手、手到脚经过心脏', 'Hand to hand or foot crosses the heart'], ['潮湿皮肤电阻大大降低', 'Wet skin conducts far better'], ['单手操作，身体不靠金属', 'Work one-handed, keep off metal']),
  slide('特低电压', 'Extra-low voltage', 'plug', ['一般场所手持灯不超过 36 V', 'Hand lamps: at most 36 V'], ['潮湿、狭窄处不超过 24 V', 'Damp or narrow places: 24 V'], ['金属容器内不超过 12 V', 'Inside metal vessels: 12 V']),
  slide('漏电保护器', 'Residual current device', 'shield', ['额定动作电流 30 mA', 'Trips at 30 mA'], ['每月按一次试验按钮', 'Press its test button monthly'], ['它不能代替断电作业', 'It never replaces switching off']),
  slide('绝缘与防护', 'Insulation and protection', 'glove', ['绝缘手套用前做充气检查', 'Inflate gloves to check them'], ['工具手柄破损立即更换', 'Replace tools with cracked grips'], ['不穿潮湿的鞋和衣服', 'No wet shoes or clothes']),
  slide('本课小结', 'Summary', 'check', ['怕的是电流，路径决定后果', 'Current kills; its path decides'], ['低电压、漏保、绝缘三道防线', 'Low voltage, RCD, insulation'], ['下一课：停电作业五步', 'Next: five steps to work dead']),
];

const isolation = [
  slide('停电作业五步', 'Five steps to work dead', 'switch', ['停电、验电、接地', 'Switch off, test, earth'], ['挂牌、装设遮栏', 'Post signs, put up barriers'], ['一步都不能省', 'None may be skipped']),
  slide('第一步 停电', 'Step 1: switch off', 'switch', ['各方向的电源全部断开', 'Open the supply on every side'], ['要有明显的断开点', 'The gap must be visible'], ['上锁，钥匙自己保管', 'Lock it and keep the key']),
  slide('第二步 验电', 'Step 2: test', 'bolt', ['先在有电处试验电器', 'Prove the tester on a live point'], ['逐相验电，再试一次', 'Test each phase, prove it again'], ['没有验电就按有电处理', 'Untested counts as live']),
  slide('第三步 接地', 'Step 3: earth', 'earth', ['先接接地端，后接导体端', 'Earth end first, then conductor'], ['拆除时顺序相反', 'Remove in reverse order'], ['接地线截面不小于 25 mm²', 'Earth lead at least 25 mm²']),
  slide('第四步 挂牌', 'Step 4: post signs', 'sign', ['禁止合闸，有人工作', 'Do not switch on, people at work'], ['挂在每个可能送电的开关上', 'On every switch that could feed'], ['谁挂谁取', 'Who hung it takes it down']),
  slide('第五步 遮栏', 'Step 5: barriers', 'fence', ['隔开邻近的带电部分', 'Fence off live parts nearby'], ['出入口只留一个', 'Leave one way in and out'], ['工作完毕清点人员工具', 'Count people and tools at the end']),
];

const firstAid = [
  slide('触电急救', 'First aid after a shock', 'heart', ['先断电，再救人', 'Power off first, then help'], ['时间就是生命', 'Minutes decide'], ['同时拨打 120', 'Call 120 at once']),
  slide('脱离电源', 'Break the contact', 'switch', ['拉闸或拔插头最快', 'Pull the switch or the plug'], ['用干燥木棒挑开电线', 'Or a dry wooden stick'], ['不可徒手拉人', 'Never pull with bare hands']),
  slide('判断意识与呼吸', 'Check response and breathing', 'hand', ['轻拍双肩，大声呼唤', 'Tap the shoulders and call'], ['看胸口起伏不超过 10 秒', 'Watch the chest, 10 s at most'], ['无呼吸立即按压', 'Not breathing: start at once']),
  slide('胸外按压', 'Chest compressions', 'heart', ['每分钟 100 至 120 次', '100 to 120 a minute'], ['深度 5 至 6 厘米', '5 to 6 cm deep'], ['30 次按压，2 次吹气', '30 compressions, 2 breaths']),
  slide('使用 AED', 'Use the AED', 'bolt', ['打开电源，按语音提示做', 'Switch on, follow the voice'], ['贴好电极片，众人离开', 'Attach pads, stand clear'], ['电击后继续按压', 'After the shock press on']),
  slide('不要放弃', 'Do not give up', 'check', ['坚持到医生接手', 'Go on until a doctor takes over'], ['烧伤处用清洁布覆盖', 'Cover burns with a clean cloth'], ['保护现场，如实报告', 'Secure the site, report truthfully']),
];

const regulations = [
  slide('低压电工作业安全', 'Safe low-voltage work', 'bolt', ['适用于 1000 V 以下作业', 'For work below 1000 V'], ['须持证上岗', 'A certificate is required'], ['约六分钟，请全程在场', 'About six minutes; please stay']),
  ...danger.slice(1, 5),
  slide('作业前', 'Before work', 'sign', ['有工作票，明确监护人', 'A permit and a named watcher'], ['看图纸，认清设备', 'Read the drawing, know the gear'], ['检查工具与仪表', 'Check tools and meters']),
  ...isolation,
  slide('低压带电作业', 'Live low-voltage work', 'glove', ['非必要不带电', 'Only when it cannot be avoided'], ['有人监护，一次一相', 'Watched, one phase at a time'], ['先断相线，后断零线', 'Phase off first, neutral last']),
  slide('配电箱', 'Distribution boards', 'shield', ['一机一闸一漏一箱', 'One machine, switch, RCD and box'], ['箱门上锁，标识清楚', 'Locked and labelled'], ['箱前 1 米内不堆物', 'Keep one metre free in front']),
  slide('临时用电', 'Temporary supplies', 'plug', ['电缆架空或埋地', 'Cables overhead or buried'], ['不拖地、不泡水', 'Never dragged or in water'], ['用完立即拆除', 'Remove them after use']),
  slide('移动工具', 'Portable tools', 'plug', ['优先选用 II 类工具', 'Prefer class II tools'], ['插头插座要配套', 'Plug and socket must match'], ['搬动前先断电', 'Unplug before moving']),
  slide('接地与接零', 'Earthing and neutral', 'earth', ['同一系统不混用', 'Never mix within one system'], ['保护零线不装开关', 'No switch in the protective line'], ['黄绿线只作保护线', 'Green-yellow is protective only']),
  slide('电气火灾', 'Electrical fire', 'shield', ['先断电，再灭火', 'Power off, then fight it'], ['用二氧化碳或干粉', 'Carbon dioxide or dry powder'], ['带电时不可用水', 'No water on live parts']),
  ...firstAid.slice(1, 5),
  slide('事故报告', 'Reporting', 'sign', ['立即报告，不得隐瞒', 'Report at once, hide nothing'], ['保护现场', 'Secure the site'], ['分析原因，防止再发', 'Find the cause, prevent the next']),
  slide('总结', 'Summary', 'check', ['断电、验电、接地、挂牌、遮栏', 'Off, test, earth, sign, fence'], ['漏保、绝缘、监护', 'RCD, insulation, a watcher'], ['安全没有第二次机会', 'Safety has no second chance']),
];

/** Lessons in the order of the demo course; `seconds` is the exact length of each video. */
export const LESSONS = [
  { file: 'electrical-1-danger.webm', zh: '第一课 触电的危险', en: 'Lesson 1: How electricity harms', seconds: 64, slides: danger },
  { file: 'electrical-2-isolation.webm', zh: '第二课 停电作业五步', en: 'Lesson 2: Five steps to work dead', seconds: 68, slides: isolation },
  { file: 'electrical-3-first-aid.webm', zh: '第三课 触电急救', en: 'Lesson 3: First aid', seconds: 72, slides: firstAid },
  { file: 'low-voltage-regulations.webm', zh: '低压电工作业安全', en: 'Safe low-voltage work', seconds: 370, slides: regulations },
];
