/** doctor. */
import { defineMessages } from '../speech.ts'

export const doctorMessages = defineMessages({
  about: {
    en: 'check configuration, files, machine and processes, and say how to mend what is wrong',
    'zh-CN': '检查配置、文件、机器与进程，并说明如何修复问题',
    'zh-TW': '檢查設定、檔案、機器與處理程序，並說明如何修復問題',
  },
  venue: {
    en: 'look at this venue as well',
    'zh-CN': '同时检查该交易所',
    'zh-TW': '同時檢查該交易所',
  },
  production: {
    en: 'with what a fleet on its own needs: secrets, exposure, alerts, start at boot, backups',
    'zh-CN': '同时检查无人值守所需：密钥、暴露面、告警、开机启动、备份',
    'zh-TW': '同時檢查無人值守所需：密鑰、暴露面、告警、開機啟動、備份',
  },
  total: {
    en: '{ok} ok, {warn} warn, {fail} fail',
    'zh-CN': '{ok} 项正常，{warn} 项警告，{fail} 项失败',
    'zh-TW': '{ok} 項正常，{warn} 項警告，{fail} 項失敗',
  },
})
